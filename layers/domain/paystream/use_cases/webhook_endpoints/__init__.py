"""Webhook endpoints of an organization, and their subscriptions."""
