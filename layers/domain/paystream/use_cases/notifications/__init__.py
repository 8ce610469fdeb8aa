"""Notifications: published, sent again, and records that failed."""
