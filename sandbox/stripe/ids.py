"""Object ids that look like Stripe's and repeat for the same seed."""

from hashlib import blake2b


class Ids:
    """Makes `pi_…`, `cus_…`, `req_…` and the like, deterministically from a seed."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._made = 0

    def new(self, prefix: str, length: int = 24) -> str:
        return f"{prefix}_{self.secret(length)}"

    def secret(self, length: int = 24) -> str:
        self._made += 1
        return blake2b(b"%d/%d" % (self._seed, self._made)).hexdigest()[:length]
