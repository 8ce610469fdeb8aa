"""Durations in seconds, for `World.pass_time`."""

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
