"""The template: each function may do what it needs and no more, nothing is retried for ever, no data is lost."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from paystream.model.redrive import MOST_AT_ONCE, StreamConsumer
from redrive_records import NEEDED_MILLISECONDS
from template import REPOSITORY, resources, template

FUNCTIONS = resources("AWS::Serverless::Function")
TABLES = resources("AWS::DynamoDB::Table")
STREAMS = {
    name: event["Properties"]
    for name, function in FUNCTIONS.items()
    for event in function.get("Events", {}).values()
    if event["Type"] == "DynamoDB"
}
QUEUES = {
    name: event["Properties"]
    for name, function in FUNCTIONS.items()
    for event in function.get("Events", {}).values()
    if event["Type"] == "SQS"
}
MOST_READERS = 2
"""At the same time, of a stream's shard."""

STREAM_RETENTION_SECONDS = 24 * 3600
LONGEST_AGE_SECONDS = 23 * 3600
XRAY = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
EMULATOR_NEEDS = ("sns:Publish*", "sqs:SendMessage*")
"""AWS has no actions PublishBatch and SendMessageBatch, the emulator asks for them: the template says so."""

OF_SUBSCRIPTIONS = ["sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe"]
"""IAM knows no resource for a subscription: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sns.html"""

SECRET = re.compile(r"(sk|rk|whsec)_\w+|SecretString|password", re.IGNORECASE)

OPEN_TO_ALL = {"ServePageFunction"}
"""What serves the page: anybody may, so it has no layer, no variable and no right."""

each_function = pytest.mark.parametrize("name", FUNCTIONS)
each_table = pytest.mark.parametrize("name", TABLES)


def role_of(function: str) -> str:
    """The logical id of the function's role."""
    role: str = FUNCTIONS[function]["Role"]["Fn::GetAtt"][0]
    return role


def statements(function: str) -> list[dict[str, Any]]:
    """All that the function's role allows."""
    role = resources("AWS::IAM::Role")[role_of(function)]
    return [statement for policy in role["Policies"] for statement in policy["PolicyDocument"]["Statement"]]


def touched(function: str) -> set[str]:
    """The logical ids of all that the function's role allows to use; streams are read for it by Lambda."""
    used = (one["Resource"] for one in statements(function) if "dynamodb:GetRecords" not in one["Action"])
    return {name for resource in used for name in named(resource)}


def rights_in_tables(function: str) -> set[tuple[str, str]]:
    """Each action and what it is allowed on, of the tables and their indexes."""
    return {
        (action, json.dumps(statement["Resource"], sort_keys=True))
        for statement in statements(function)
        for action in listed(statement["Action"])
        if action.startswith("dynamodb:")
    }


def allowing(function: str, action: str) -> list[dict[str, Any]]:
    """The statements of the function's role that allow an action."""
    return [statement for statement in statements(function) if action in listed(statement["Action"])]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def named(value: Any) -> set[str]:
    """The logical ids that a value refers to."""
    return {name for name in template()["Resources"] if re.search(rf'["{{]{name}[".}}]', json.dumps(value))}


def for_all(function: str) -> dict[str, Any]:
    """The properties of all functions, but for those that this one does not want."""
    unwanted = template()["Resources"][function].get("IgnoreGlobals", ())
    return {name: value for name, value in template()["Globals"]["Function"].items() if name not in unwanted}


def environment(function: str) -> dict[str, Any]:
    """The function's environment variables, with those of all functions."""
    everywhere: dict[str, Any] = for_all(function).get("Environment", {}).get("Variables", {})
    return {**everywhere, **FUNCTIONS[function].get("Environment", {}).get("Variables", {})}


def setting(function: str, name: str) -> Any:
    """A property of the function, or the one of all functions."""
    return FUNCTIONS[function].get(name, for_all(function).get(name))


def folder(function: str) -> str:
    code: str = FUNCTIONS[function]["CodeUri"]
    return code


def module(function: str) -> str:
    handler: str = FUNCTIONS[function]["Handler"]
    return handler.partition(".")[0]


@cache
def source(function: str) -> ast.Module:
    return ast.parse((REPOSITORY / folder(function) / f"{module(function)}.py").read_text())


def redriven_consumers() -> dict[str, Any]:
    """The functions that stream records are given to by hand, by the consumer's name in the code."""
    known = environment("RedriveRecordsFunction")
    return {
        "".join(part.capitalize() for part in consumer.split("-")): known[f"{consumer.name}_FUNCTION_ARN"]
        for consumer in StreamConsumer
    }


class TestEachFunction:
    @each_function
    def test_has_a_folder_a_module_and_a_handler_named_after_it(self, name: str) -> None:
        dashed = re.sub(r"(?<!^)(?=[A-Z])", "-", name.removesuffix("Function")).lower()
        assert folder(name) == f"functions/{dashed}"
        assert FUNCTIONS[name]["Handler"] == f"{dashed.replace('-', '_')}.lambda_handler"
        defined = {node.name for node in source(name).body if isinstance(node, ast.FunctionDef)}
        assert "lambda_handler" in defined

    def test_no_folder_is_without_a_function(self) -> None:
        folders = {f"functions/{path.name}" for path in (REPOSITORY / "functions").iterdir() if path.is_dir()}
        assert folders == {folder(name) for name in FUNCTIONS}

    @each_function
    def test_has_a_role_that_no_other_has_and_that_only_lambda_takes_on(self, name: str) -> None:
        assert [role_of(other) for other in FUNCTIONS].count(role_of(name)) == 1
        trust = resources("AWS::IAM::Role")[role_of(name)]["AssumeRolePolicyDocument"]["Statement"]
        assert trust == [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ]
        assert "ManagedPolicyArns" not in resources("AWS::IAM::Role")[role_of(name)]

    @each_function
    def test_may_do_nothing_that_is_not_named(self, name: str) -> None:
        for statement in statements(name):
            assert statement["Effect"] == "Allow"
            assert not statement.keys() & {"NotAction", "NotResource"}
            assert all("*" not in action or action in EMULATOR_NEEDS for action in listed(statement["Action"]))

    def test_that_reads_missed_events_may_do_what_is_done_with_those_that_come(self) -> None:
        notes_the_last_event = ("dynamodb:UpdateItem", json.dumps({"Fn::GetAtt": ["IntegrationsTable", "Arn"]}))

        needed = rights_in_tables("PaymentResultFunction") - {notes_the_last_event}

        assert needed <= rights_in_tables("CheckAccountsFunction")

    @each_function
    def test_may_touch_everything_of_no_service_but_x_ray_and_subscriptions(self, name: str) -> None:
        for statement in statements(name):
            if statement["Action"] in (XRAY, OF_SUBSCRIPTIONS):
                assert statement["Resource"] == "*"
            else:
                assert all(
                    named(resource) or "AWS::StackName" in json.dumps(resource)
                    for resource in listed(statement["Resource"])
                )

    @each_function
    def test_writes_to_a_log_group_of_its_own_that_forgets(self, name: str) -> None:
        logging = FUNCTIONS[name]["LoggingConfig"]
        group = resources("AWS::Logs::LogGroup")[logging["LogGroup"]["Ref"]]
        assert [function["LoggingConfig"]["LogGroup"] for function in FUNCTIONS.values()].count(
            logging["LogGroup"]
        ) == 1
        assert logging["LogFormat"] == "JSON"
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        writes = next(statement for statement in statements(name) if "logs:PutLogEvents" in statement["Action"])
        assert named(writes["Resource"]) == {logging["LogGroup"]["Ref"]}
        assert "logs:CreateLogGroup" not in writes["Action"]

    @each_function
    def test_knows_the_tables_that_its_role_may_touch_and_no_others(self, name: str) -> None:
        known = {variable: value["Ref"] for variable, value in environment(name).items() if variable.endswith("_TABLE")}
        assert set(known.values()) == touched(name) & TABLES.keys()
        for variable, table in known.items():
            assert table == "".join(part.capitalize() for part in variable.split("_"))

    @each_function
    def test_knows_where_the_queue_and_the_topic_are_if_it_may_use_them(self, name: str) -> None:
        allowed = {
            resource
            for statement in statements(name)
            if any(
                action.startswith(("sqs:SendMessage", "sns:Publish", "sns:Subscribe"))
                for action in listed(statement["Action"])
            )
            for resource in named(statement["Resource"])
        }
        known = {
            variable: value["Ref"]
            for variable, value in environment(name).items()
            if variable.endswith(("_QUEUE_URL", "TOPIC_ARN"))
        }
        assert set(known.values()) == allowed
        for variable, target in known.items():
            assert target == "".join(part.capitalize() for part in variable.rpartition("_")[0].split("_"))

    @each_function
    def test_has_no_secret_in_its_environment(self, name: str) -> None:
        assert not SECRET.search(json.dumps(environment(name)))
        assert not any("KEY" in variable and not variable.endswith("_TABLE") for variable in environment(name))

    @each_function
    def test_is_traced_and_runs_on_what_the_layer_was_built_for(self, name: str) -> None:
        (layer,) = resources("AWS::Serverless::LayerVersion").values()
        assert setting(name, "Tracing") == "Active"
        assert setting(name, "Runtime") in layer["CompatibleRuntimes"]
        assert set(setting(name, "Architectures")) <= set(layer["CompatibleArchitectures"])
        assert setting(name, "Layers") == ([{"Ref": "DomainLayer"}] if name not in OPEN_TO_ALL else None)

    @pytest.mark.parametrize("name", OPEN_TO_ALL)
    def test_that_serves_the_page_may_write_its_log_and_trace_and_knows_nothing(self, name: str) -> None:
        assert environment(name) == {}
        allowed = {action for statement in statements(name) for action in listed(statement["Action"])}
        assert allowed == {"logs:CreateLogStream", "logs:PutLogEvents", *XRAY}

    @pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - OPEN_TO_ALL))
    def test_waits_for_stripe_a_shorter_time_than_it_may_run(self, name: str) -> None:
        connect, tries, table = 3.05, 2, 1
        waits = float(environment(name)["STRIPE_READ_SECONDS"]) + float(environment(name)["RATE_LIMIT_WAIT_SECONDS"])
        assert tries * (connect + waits + table) < setting(name, "Timeout")

    @each_function
    def test_takes_turns_at_stripe_if_it_may_read_a_key(self, name: str) -> None:
        turns = {
            "Effect": "Allow",
            "Action": ["dynamodb:UpdateItem"],
            "Resource": {"Fn::GetAtt": ["RateLimitsTable", "Arn"]},
        }
        reads_keys = any("secretsmanager:GetSecretValue" in listed(one["Action"]) for one in statements(name))
        about = [one for one in statements(name) if "RateLimitsTable" in named(one["Resource"])]
        assert about == ([turns] if reads_keys else [])

    @pytest.mark.parametrize("name", [*STREAMS, *QUEUES])
    def test_begins_no_record_that_it_has_no_time_to_finish(self, name: str) -> None:
        constants = {
            node.targets[0].id: ast.literal_eval(node.value)
            for node in source(name).body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        if "STRIPE_READ_SECONDS" not in FUNCTIONS[name]["Environment"]["Variables"]:
            return
        connect, tries, calls, table = 3.05, 2, 2, 1
        waits = float(environment(name)["STRIPE_READ_SECONDS"]) + float(environment(name)["RATE_LIMIT_WAIT_SECONDS"])
        needed = constants["NEEDED_MILLISECONDS"] / 1000
        assert calls * tries * (connect + waits + table) < needed < setting(name, "Timeout") / 2


class TestEachEventSource:
    @pytest.mark.parametrize("name", STREAMS)
    def test_a_stream_is_retried_for_a_limited_time_and_ends_in_a_bucket(self, name: str) -> None:
        mapping = STREAMS[name]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["BisectBatchOnFunctionError"] is True
        assert 0 < mapping["MaximumRetryAttempts"] <= 100
        assert 0 < mapping["MaximumRecordAgeInSeconds"] <= LONGEST_AGE_SECONDS < STREAM_RETENTION_SECONDS
        on_failure = mapping["DestinationConfig"]["OnFailure"]
        assert on_failure == {"Type": "S3", "Destination": {"Fn::GetAtt": ["FailedRecordsBucket", "Arn"]}}
        assert mapping["StartingPosition"] == "TRIM_HORIZON"

    def test_an_invoice_is_given_up_well_before_stripe_forgets_its_key(self) -> None:
        assert STREAMS["InvoiceCreatedFunction"]["MaximumRecordAgeInSeconds"] < LONGEST_AGE_SECONDS

    @pytest.mark.parametrize("name", sorted(STREAMS.keys() - {"CountFiguresFunction"}))
    def test_a_stream_never_reports_what_we_wrote_ourselves(self, name: str) -> None:
        ours = ({"customer_key": {"S": [{"exists": False}]}}, {"version": {"N": [{"exists": False}]}})
        replacements = [{"eventName": ["MODIFY"], "dynamodb": {"NewImage": lacking}} for lacking in ours]
        patterns = [json.loads(entry["Pattern"]) for entry in STREAMS[name]["FilterCriteria"]["Filters"]]
        assert patterns[0] == {"eventName": ["INSERT"]}
        assert patterns[1:] in ([], replacements)
        table = STREAMS[name]["Stream"]["Fn::GetAtt"][0]
        assert TABLES[table]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}

    def test_the_figures_are_told_of_every_change_of_an_invoice(self) -> None:
        assert "FilterCriteria" not in STREAMS["CountFiguresFunction"]

    @pytest.mark.parametrize("table", sorted({mapping["Stream"]["Fn::GetAtt"][0] for mapping in STREAMS.values()}))
    def test_a_stream_has_no_more_readers_than_a_shard_serves(self, table: str) -> None:
        """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html"""
        readers = [name for name, mapping in STREAMS.items() if mapping["Stream"]["Fn::GetAtt"][0] == table]

        assert len(readers) <= MOST_READERS

    @pytest.mark.parametrize("name", STREAMS)
    def test_a_stream_may_be_read_and_what_failed_be_put_into_the_bucket(self, name: str) -> None:
        table = STREAMS[name]["Stream"]["Fn::GetAtt"][0]
        (reads,) = [statement for statement in statements(name) if "dynamodb:GetRecords" in statement["Action"]]
        (puts,) = [statement for statement in statements(name) if "s3:PutObject" in statement["Action"]]
        assert reads["Resource"] == {"Fn::GetAtt": [table, "StreamArn"]}
        assert named(puts["Resource"]) == {"FailedRecordsBucket"}

    @pytest.mark.parametrize("name", STREAMS)
    def test_what_failed_can_be_redriven_in_batches_that_its_function_knows(self, name: str) -> None:
        assert STREAMS[name]["BatchSize"] >= MOST_AT_ONCE
        assert redriven_consumers()[name.removesuffix("Function")] == {"Fn::GetAtt": [name, "Arn"]}

    def test_what_is_redriven_is_waited_for_as_long_as_its_function_may_run(self) -> None:
        needed, longest = NEEDED_MILLISECONDS / 1000, max(setting(name, "Timeout") for name in STREAMS)
        assert longest < needed < FUNCTIONS["RedriveRecordsFunction"]["Timeout"]

    def test_what_failed_is_read_and_put_aside_by_the_function_that_redrives_alone(self) -> None:
        bucket = {
            action: named(statement["Resource"])
            for name in FUNCTIONS.keys() - STREAMS.keys()
            for statement in statements(name)
            for action in listed(statement["Action"])
            if action.startswith("s3:")
        }
        assert bucket.keys() == {"s3:ListBucket", "s3:GetObject", "s3:DeleteObject", "s3:PutObject"}
        assert all(resources == {"FailedRecordsBucket"} for resources in bucket.values())
        (takes,) = allowing("RedriveRecordsFunction", "s3:DeleteObject")
        (keeps,) = allowing("RedriveRecordsFunction", "s3:PutObject")
        assert takes["Resource"] == {"Fn::Sub": "${FailedRecordsBucket.Arn}/aws/lambda/*"}
        assert keeps["Resource"] == {"Fn::Sub": "${FailedRecordsBucket.Arn}/redriven/*"}

    def test_only_stream_consumers_are_invoked_by_another_function(self) -> None:
        invoked = {
            name: named(statement["Resource"])
            for name in FUNCTIONS
            for statement in statements(name)
            if "lambda:InvokeFunction" in statement["Action"]
        }
        assert invoked == {
            "RedriveRecordsFunction": STREAMS.keys(),
            "ManageWebhooksFunction": {"PublishNotificationsFunction"},
        }

    def test_subscriptions_and_their_queues_are_managed_by_one_function(self) -> None:
        managed = [
            (name, action, statement["Resource"])
            for name in FUNCTIONS
            for statement in statements(name)
            for action in listed(statement["Action"])
            if action in ("sns:Subscribe", "sns:Unsubscribe", "sqs:CreateQueue", "sqs:DeleteQueue")
        ]
        queues = {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-webhook-*"}
        assert managed == [
            ("ManageWebhookEndpointsFunction", "sns:Subscribe", {"Ref": "Topic"}),
            ("ManageWebhookEndpointsFunction", "sns:Unsubscribe", "*"),
            ("ManageWebhookEndpointsFunction", "sqs:CreateQueue", queues),
            ("ManageWebhookEndpointsFunction", "sqs:DeleteQueue", queues),
        ]

    @pytest.mark.parametrize("name", QUEUES)
    def test_a_queue_waits_longer_than_its_function_runs_and_gives_up_in_the_end(self, name: str) -> None:
        queue = resources("AWS::SQS::Queue")[QUEUES[name]["Queue"]["Fn::GetAtt"][0]]
        dead_letters = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert QUEUES[name]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert queue["VisibilityTimeout"] >= 6 * setting(name, "Timeout")
        assert 1 < queue["RedrivePolicy"]["maxReceiveCount"] <= 10
        assert resources("AWS::SQS::Queue")[dead_letters]["MessageRetentionPeriod"] == 14 * 24 * 3600


class TestWhatIsKept:
    def data(self) -> Iterator[tuple[str, dict[str, Any]]]:
        dead_letters = {
            queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            for queue in resources("AWS::SQS::Queue").values()
            if "RedrivePolicy" in queue
        }
        for name, resource in template()["Resources"].items():
            if resource["Type"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket") or name in dead_letters:
                yield name, resource

    def test_outlives_the_stack_and_every_replacement(self) -> None:
        for name, resource in self.data():
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain"), name

    @each_table
    def test_a_table_can_be_restored_to_any_second_is_encrypted_and_paid_by_request(self, name: str) -> None:
        table = TABLES[name]
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["SSESpecification"]["SSEEnabled"] is True
        assert table["BillingMode"] == "PAY_PER_REQUEST"

    @each_table
    def test_a_table_is_keyed_by_organization_first(self, name: str) -> None:
        assert TABLES[name]["KeySchema"][0] == {"AttributeName": "organization_id", "KeyType": "HASH"}

    def test_the_bucket_is_private_and_encrypted(self) -> None:
        for bucket in resources("AWS::S3::Bucket").values():
            assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
            assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
            assert len(bucket["PublicAccessBlockConfiguration"]) == 4

    def test_queues_and_the_topic_are_encrypted(self) -> None:
        assert all(queue["SqsManagedSseEnabled"] for queue in resources("AWS::SQS::Queue").values())
        assert all(topic["KmsMasterKeyId"] for topic in resources("AWS::SNS::Topic").values())


class TestTheApi:
    def routes(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {
            (event["Properties"]["Method"], event["Properties"]["Path"]): event["Properties"]
            for function in FUNCTIONS.values()
            for event in function.get("Events", {}).values()
            if event["Type"] == "Api"
        }

    def test_every_route_needs_a_key_except_the_page_and_the_one_that_stripe_calls(self) -> None:
        (api,) = resources("AWS::Serverless::Api").values()
        assert api["Auth"]["DefaultAuthorizer"] in api["Auth"]["Authorizers"]
        open_to_all = [route for route, properties in self.routes().items() if "Auth" in properties]
        of_stripe = ("POST", "/api/v1/webhooks/stripe/{organization_id}")
        assert set(open_to_all) == {of_stripe, ("GET", "/settings"), ("GET", "/settings/{proxy+}")}

    def test_the_page_has_a_throttle_of_its_own_below_that_of_the_api(self) -> None:
        (api,) = resources("AWS::Serverless::Api").values()
        of_all, *of_the_page = api["MethodSettings"]
        paths = [setting["ResourcePath"].replace("~1", "/").replace("//", "/") for setting in of_the_page]
        assert paths == ["/settings", "/settings/{proxy+}"]
        assert all(one["ThrottlingRateLimit"] < of_all["ThrottlingRateLimit"] / 5 for one in of_the_page)

    def test_no_body_is_taken_for_binary_so_that_stripes_signature_is_over_what_arrives(self) -> None:
        (api,) = resources("AWS::Serverless::Api").values()
        assert "BinaryMediaTypes" not in api

    def test_every_route_is_one_that_its_function_answers(self) -> None:
        for name, function in FUNCTIONS.items():
            text = (REPOSITORY / folder(name) / f"{module(name)}.py").read_text()
            for event in function.get("Events", {}).values():
                if event["Type"] == "Api" and "Auth" not in event["Properties"]:
                    assert f'"{event["Properties"]["Method"]} {event["Properties"]["Path"]}"' in text

    def test_every_refusal_of_the_gateway_is_json_in_lagos_shape(self) -> None:
        (api,) = resources("AWS::Serverless::Api").values()
        for name, response in api["GatewayResponses"].items():
            text = response["ResponseTemplates"]["application/json"]
            body = json.loads(text.replace("$context.error.messageString", '"Bad Request"'))
            assert body["error"], name
            assert body["status"] == response.get("StatusCode", body["status"]), name

    def test_the_topic_takes_messages_from_the_outbox_only(self) -> None:
        (policy,) = resources("AWS::SNS::TopicPolicy").values()
        publishing = {
            statement["Effect"]: statement
            for statement in policy["PolicyDocument"]["Statement"]
            if "sns:Publish" in listed(statement["Action"])
        }
        role = {"Fn::GetAtt": ["PublishNotificationsRole", "Arn"]}
        assert publishing["Allow"]["Principal"] == {"AWS": role}
        assert publishing["Deny"]["Principal"] == "*"
        but_for = publishing["Deny"]["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
        assert role in but_for
        assert all("PublishNotificationsRole" in json.dumps(principal) for principal in but_for)
