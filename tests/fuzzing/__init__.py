"""Requests that the API's description allows and forbids, made up by schemathesis, on the stack of this machine."""
