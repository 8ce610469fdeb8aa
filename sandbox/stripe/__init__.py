"""A stateful imitation of Stripe's API, in memory, for tests, simulations and the demo.

`engine.StripeSandbox` is the whole of Stripe as far as a payments integration can see it. `client.InProcessHTTPClient`
lets Stripe's own SDK talk to it without sockets; `python -m sandbox.stripe` serves it on loopback.
"""
