"""One module a use case: a function with its dependencies as keyword arguments."""
