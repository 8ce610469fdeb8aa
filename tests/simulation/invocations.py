"""A client of Lambda: one function invokes another one and waits for its answer."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from .lambdas import Failed, Lambda
from .scheduler import current_task


@dataclass(slots=True)
class Invocations:
    """Functions go by their ARNs, whose last part is the name in the template."""

    compute: Lambda

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        """Invoke and wait. A function that gives no answer is answered for by Lambda, with status 200 all the same."""
        task, answers = current_task(), []
        if task is None:
            raise RuntimeError("only a function invokes another one")

        def done(answer: Any) -> None:
            answers.append(answer)
            self.compute.scheduler.unblock(task)

        self.compute.invoke(FunctionName.rpartition(":")[2], json.loads(Payload), done)
        while not answers:
            self.compute.scheduler.block()
        (answer,) = answers
        if isinstance(answer, Failed):
            return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": BytesIO(b'{"errorType": "Failed"}')}
        return {"StatusCode": 200, "Payload": BytesIO(json.dumps(answer).encode())}
