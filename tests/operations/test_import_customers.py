"""`make import FILE=…`: customers that are at Stripe already are brought over, and the report names each."""

from pathlib import Path

import pytest
from builders.accounts import OTHER_KEY
from builders.customers import CUSTOMERS_PATH, pay_with
from builders.imports import import_customers, import_report, line_file, linked_customers, results_by_line, table_file
from calling.client import Reply
from importing.command import main
from world.operator import ApiOfWorld
from world.world import SECRET_KEY, World


class TestADryRun:
    def test_changes_nothing_and_says_what_would_be(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with_card, without = world.stripe_customer(), world.stripe_customer(None)
        path = table_file(folder, f"acme,{with_card},Acme", f"bolt,{without},Bolt", "coil,cus_gone,Coil")

        status = main(["--customers", str(path)], api.outside())

        said = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("{")]
        assert status == 1
        assert world.items("customers") == []
        assert results_by_line(import_report(path, "dry-run")) == {2: "imported", 3: "imported", 4: "not found"}
        assert said == [
            "customers.csv: a dry run, nothing is changed",
            "        2  would be imported",
            "        1  not found in Stripe, or deleted there",
            "           line 4 coil: provider_customer_id: provider_customer_not_found",
            "        1  of them without a payment method: nothing can be charged yet",
            f"Each row: {path}.dry-run.csv",
            "To do it: the same command with APPLY=1",
        ]

    def test_says_who_would_be_created_in_stripe(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = line_file(folder, {"external_id": "acme", "sync_with_provider": True, "payment_provider": "stripe"})

        assert main(["--customers", str(path)], api.outside()) == 0

        assert "        1  of them would be created in Stripe" in capsys.readouterr().out
        assert world.stripe_calls("POST /v1/customers") == 0

    def test_does_not_stand_for_the_import(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme")
        main(["--customers", str(path)], api.outside())

        assert import_customers(api, path)[0] == 0

        assert linked_customers(world).keys() == {"acme"}


class TestWhatIsImported:
    def test_is_linked_and_can_be_charged(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme")

        status, report = import_customers(api, path)
        world.create_invoice("acme")
        world.run()

        assert (status, report[2]["can_be_charged"]) == (0, "yes")
        assert world.charged() == [4200]

    def test_is_all_that_a_row_says(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        header = "external_id;provider_customer_id;email;currency;net_payment_term;provider_payment_methods;"
        header += "sync_with_provider;shipping_address.city;metadata.segment;notes"
        line = f"acme;{world.stripe_customer()};a@acme.example;EUR;30;card|sepa_debit;false;Lyon;retail;who knows"
        path = table_file(folder, line, header=header)

        assert import_customers(api, path)[0] == 0

        customer = world.api("GET", f"{CUSTOMERS_PATH}/acme").body["customer"]
        assert (customer["email"], customer["currency"], customer["net_payment_term"]) == ("a@acme.example", "EUR", 30)
        assert customer["shipping_address"]["city"] == "Lyon"
        assert [(one["key"], one["value"]) for one in customer["metadata"]] == [("segment", "retail")]
        assert customer["billing_configuration"]["provider_payment_methods"] == ["card", "sepa_debit"]
        assert customer["billing_configuration"]["sync_with_provider"] is False

    def test_goes_to_the_account_that_is_named(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        world.stripe.add_account(OTHER_KEY)
        world.connect("second", secret_key=OTHER_KEY)
        elsewhere = world.stripe_as(OTHER_KEY).v1.customers.create({"name": "Acme"}).id
        path = line_file(
            folder,
            {"external_id": "acme", "provider_customer_id": elsewhere},
            {"external_id": "bolt", "provider_customer_id": world.stripe_customer(), "payment_provider_code": "stripe"},
        )

        status, _ = import_customers(api, path, "--code", "second")

        codes = {item["external_id"]: item["payment_provider_code"] for item in world.items("customers")}
        assert (status, codes) == (0, {"acme": "second", "bolt": "stripe"})

    def test_without_an_id_of_stripes_is_created_there_where_the_account_does_that(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.connect(create_customers=True)
        path = line_file(folder, {"external_id": "acme"})

        assert import_customers(api, path)[0] == 0

        assert "        1  of them created in Stripe" in capsys.readouterr().out
        assert world.stripe_calls("POST /v1/customers") == 1

    def test_may_be_objects_of_lagos_and_what_is_not_imported_is_named(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        world.customer("acme")
        shown = world.api("GET", f"{CUSTOMERS_PATH}/acme").body
        world.api("DELETE", f"{CUSTOMERS_PATH}/acme")

        assert import_customers(api, line_file(folder, shown))[0] == 0

        (left_out,) = [line for line in capsys.readouterr().out.splitlines() if "not imported" in line]
        assert left_out.startswith("Columns that are not imported: applicable_timezone, created_at, lago_id,")

    def test_is_written_down_for_its_owner_only(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme")
        import_customers(api, path)

        written = [one for one in folder.iterdir() if one != path]
        assert {one.name: one.stat().st_mode & 0o077 for one in written} == {
            "customers.csv.import.journal": 0,
            "customers.csv.import.csv": 0,
        }

    def test_is_not_sent_again(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme")
        import_customers(api, path)

        status, report = import_customers(api, path)

        assert (status, results_by_line(report)) == (0, {2: "there already"})
        assert api.sent.count("POST /api/v1/customers") == 1

    def test_is_linked_where_the_customer_was_there_without_a_link(
        self, world: World, api: ApiOfWorld, folder: Path
    ) -> None:
        world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme"}})
        customer_id = world.stripe_customer()

        _, report = import_customers(api, table_file(folder, f"acme,{customer_id},Acme"))

        assert (results_by_line(report), linked_customers(world)) == ({2: "imported"}, {"acme": customer_id})


class TestCheckoutLinks:
    def test_are_written_for_who_has_nothing_that_can_be_charged(
        self, world: World, api: ApiOfWorld, folder: Path
    ) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme", f"bolt,{world.stripe_customer(None)},Bolt")

        status, report = import_customers(api, path, "--checkout-links")

        assert status == 0
        assert report[2]["checkout_url"] == ""
        assert report[3]["checkout_url"].startswith("https://")

    def test_say_why_there_is_none(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        row = {"external_id": "acme", "provider_customer_id": world.stripe_customer(None)}
        path = line_file(folder, row | {"provider_payment_methods": ["boleto"]})

        _, report = import_customers(api, path, "--checkout-links")

        assert (
            report[1]["reason"] == "no checkout link: provider_payment_methods: no_payment_methods_to_setup_available"
        )

    def test_are_not_made_in_a_dry_run(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        world.customer("acme", payment_method=None)
        path = table_file(folder, f"acme,{linked_customers(world)['acme']},Acme")

        main(["--customers", str(path), "--checkout-links"], api.outside())

        assert [one for one in api.sent if "checkout_url" in one] == []


class TestWhatNeedsAPerson:
    def test_is_named_with_its_line(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        deleted = world.stripe_customer()
        world.stripe_client.v1.customers.delete(deleted)
        world.customer("known")
        path = table_file(
            folder,
            f"deleted,{deleted},",
            "",
            f",{world.stripe_customer()},Nobody",
            "bolt,cust_1,Bolt",
            "coil,cus_1",
            f"known,{world.stripe_customer()},Linked to another",
            '"open,cus_1,A quote that is not closed',
        )

        status, report = import_customers(api, path)

        assert status == 1
        assert results_by_line(report) == {
            2: "not found",
            4: "malformed",
            5: "malformed",
            6: "malformed",
            7: "linked otherwise",
            8: "malformed",
        }
        assert report[4]["reason"] == "external_id: value_is_mandatory"
        assert report[5]["reason"] == "billing_configuration.provider_customer_id: value_is_invalid"
        assert report[6]["reason"] == "2 cells, where the first line names 3 columns"
        assert report[8]["reason"] == "no CSV: unexpected end of data"
        assert linked_customers(world).keys() == {"known"}
        assert max(map(len, filter(is_of_the_report, capsys.readouterr().out.splitlines()))) <= 100

    def test_is_a_customer_of_the_other_mode(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        live = "sk_live_world000000000000000"
        world.stripe.add_account(live)
        other = world.stripe_as(live).v1.customers.create({"name": "Acme"}).id

        _, report = import_customers(api, table_file(folder, f"acme,{other},Acme"))

        assert results_by_line(report) == {2: "not found"}

    def test_is_an_id_that_comes_twice(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        first, second = world.stripe_customer(), world.stripe_customer()

        _, report = import_customers(api, table_file(folder, f"acme,{first},Acme", f"acme,{second},Acme"))

        assert (results_by_line(report), linked_customers(world)) == ({2: "imported", 3: "repeated"}, {"acme": first})
        assert report[3]["reason"] == "its id is that of line 2"

    def test_is_what_the_api_would_not_obey_unless_it_is_left_out(self, api: ApiOfWorld, folder: Path) -> None:
        path = line_file(folder, {"external_id": "acme", "taxes": [{"code": "vat"}]}, {"external_id": "bolt"})

        assert import_customers(api, path)[1][1]["reason"] == "taxes: not_supported"
        assert import_customers(api, path, "--leave-out", "taxes")[0] == 0

    def test_is_what_the_api_refuses_with_its_words(self, api: ApiOfWorld, folder: Path) -> None:
        row = {"external_id": "acme", "provider_customer_id": "cus_1", "payment_provider_code": "unknown"}

        _, report = import_customers(api, line_file(folder, row))

        assert (report[1]["result"], report[1]["reason"]) == ("refused", "base: payment_provider_not_found")

    def test_is_what_stripe_refuses_of_one_customer_and_the_others_are_imported(
        self, api: ApiOfWorld, folder: Path
    ) -> None:
        details = {"third_party": "Stripe", "thirdparty_error": "Invalid email address"}
        api.answers = [Reply(404), Reply(422, {"code": "third_party_error", "error_details": details})]

        status, report = import_customers(api, table_file(folder, "acme,,", "bolt,,"), "--workers", "1")

        assert (status, results_by_line(report)) == (1, {2: "refused", 3: "imported"})
        assert report[2]["reason"] == "third_party: Stripe; thirdparty_error: Invalid email address"

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"\xff\xfe{}", "not UTF-8"),
            (b'{"external_id": "\\ud800"}', "no JSON"),
            (b'{"external_id": "a", "net_payment_term": NaN}', "no JSON"),
            (b'{"external_id": "a", "net_payment_term": 2.5}', "net_payment_term: value_is_invalid"),
            (b'{"external_id": "a\xff"}', "not UTF-8"),
            (b"[1]", "no JSON object"),
            (b"[" * 5000, "no JSON"),
            (b'{"external_id": "' + b"a" * 300_000 + b'"}', "longer than 256 KB"),
        ],
    )
    def test_is_a_line_that_cannot_be_read_and_its_neighbours_are_imported(
        self, api: ApiOfWorld, folder: Path, line: bytes, reason: str
    ) -> None:
        path = folder / "customers.jsonl"
        path.write_bytes(b'{"external_id": "acme"}\n\n' + line + b'\n{"external_id": "bolt"}')

        status, report = import_customers(api, path)

        assert (status, results_by_line(report)) == (1, {1: "imported", 3: "malformed", 4: "imported"})
        assert report[3]["reason"] == reason

    @pytest.mark.parametrize(
        ("line", "reason"),
        [
            (b"a\xff,,\n", "not UTF-8"),
            (b"a" * 300_000 + b",,\n", "longer than 256 KB"),
            (b'"a"b,,\n', "no CSV: ',' expected after '\"'"),
        ],
    )
    def test_is_a_line_of_a_table_that_cannot_be_read_too(
        self, api: ApiOfWorld, folder: Path, line: bytes, reason: str
    ) -> None:
        path = folder / "customers.csv"
        path.write_bytes(b"\xef\xbb\xbfexternal_id,provider_customer_id,name\r\nacme,,\r\n" + line + b"bolt,,\r\n")

        status, report = import_customers(api, path)

        assert (status, results_by_line(report)) == (1, {2: "imported", 3: "malformed", 4: "imported"})
        assert report[3]["reason"] == reason

    @pytest.mark.parametrize("status", [400, 413])
    def test_is_a_customer_whom_the_api_does_not_even_read(self, api: ApiOfWorld, folder: Path, status: int) -> None:
        api.answers = [Reply(404), Reply(status, {"status": status, "error": "Payload Too Large"})]

        _, report = import_customers(api, table_file(folder, "acme,,", "bolt,,"), "--workers", "1")

        assert results_by_line(report) == {2: "refused", 3: "imported"}
        assert report[2]["reason"] == f"base: {status}"

    def test_is_a_last_line_that_is_too_long(self, api: ApiOfWorld, folder: Path) -> None:
        path = folder / "customers.jsonl"
        path.write_bytes(b'{"external_id": "acme"}\n' + b"[" * 600_000)

        _, report = import_customers(api, path)

        assert results_by_line(report) == {1: "imported", 2: "malformed"}

    def test_says_which_lines_a_quote_has_swallowed(self, api: ApiOfWorld, folder: Path) -> None:
        _, report = import_customers(api, table_file(folder, "acme,,", '"bolt,,', "coil,,", "dune,,"))

        assert report[3]["reason"] == "no CSV: unexpected end of data, lines 3 to 5 are not read"

    def test_begins_with_a_quote_where_a_spreadsheet_would_calculate_it(self, api: ApiOfWorld, folder: Path) -> None:
        _, report = import_customers(api, line_file(folder, {"external_id": "=1+1"}))

        assert report[1]["id"] == "'=1+1"


class TestWhatCannotBeDone:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("customers.csv", "id,name\n"),
            ("customers.csv", "external_id,external_id\n"),
            ("customers.csv", ""),
            ("customers.xlsx", ""),
            ("nowhere/customers.csv", None),
        ],
    )
    def test_is_a_file_that_is_none(self, api: ApiOfWorld, folder: Path, name: str, content: str | None) -> None:
        if content is not None:
            (folder / name).write_text(content)

        assert main(["--customers", str(folder / name)], api.outside()) == 2

        assert api.sent == []

    def test_is_said_where_stripe_refuses_the_account_and_nothing_is_called_not_found(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = table_file(folder, f"acme,{world.stripe_customer()},Acme")
        world.stripe.control.expire_key(SECRET_KEY)

        assert main(["--customers", str(path), "--apply"], api.outside()) == 2

        assert "Stripe refuses the account stripe." in capsys.readouterr().err
        assert not path.with_name("customers.csv.import.csv").exists()

    @pytest.mark.parametrize(
        ("status", "said"),
        [(401, "refuses the API key"), (403, "has no GET https://api.paystream.test"), (418, "answered 418")],
    )
    def test_is_said_where_the_api_does_not_take_the_request(
        self, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str], status: int, said: str
    ) -> None:
        api.answers = [Reply(status)]

        assert main(["--customers", str(table_file(folder, "acme,,"))], api.outside()) == 2

        assert said in capsys.readouterr().err

    def test_is_said_where_it_is_not_known_where_the_api_is(
        self, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--customers", str(table_file(folder, "acme,,"))], api.outside(PAYSTREAM_URL="")) == 2

        assert "PAYSTREAM_URL is not set" in capsys.readouterr().err


class TestTheWay:
    def test_is_gone_at_stripes_pace(self, world: World, api: ApiOfWorld, folder: Path) -> None:
        path = table_file(folder, *(f"c{number},{world.stripe_customer()}," for number in range(10)))
        began_at = world.clock.now()

        import_customers(api, path, "--workers", "1")

        assert world.clock.now() - began_at == pytest.approx(10 * 2 / 25, abs=0.1)

    @pytest.mark.parametrize(
        "answer", [Reply(429), Reply(503, None, {"retry-after": "7"}), Reply(409, {}, {"retry-after": "2"})]
    )
    def test_is_waited_on_where_the_api_has_no_turn(self, api: ApiOfWorld, folder: Path, answer: Reply) -> None:
        api.answers = [answer] * 3

        status, report = import_customers(api, table_file(folder, "acme,,"))

        assert (status, results_by_line(report)) == (0, {2: "imported"})

    def test_ends_where_the_api_stays_away_and_goes_on_later(
        self, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = table_file(folder, "acme,,", "bolt,,")
        api.answers = [Reply(500)] * 100
        assert main(["--customers", str(path), "--apply"], api.outside()) == 2
        assert "Run this again" in capsys.readouterr().err
        api.answers = []

        assert results_by_line(import_customers(api, path)[1]) == {2: "imported", 3: "imported"}

    def test_is_shown_with_rate_and_time_left(
        self, world: World, api: ApiOfWorld, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = table_file(folder, *(f"c{number},{world.stripe_customer()}," for number in range(10)))

        import_customers(api, path, "--rate", "0.1", "--workers", "1")

        shown = [line for line in capsys.readouterr().err.splitlines() if "rows" in line]
        assert shown[-1].startswith("[########################] 100%  10 rows  0.1/s")
        assert any("s left" in line for line in shown[:-1])


def is_of_the_report(line: str) -> bool:
    """Not a log of a handler, nor the way to a file."""
    return not line.startswith(("{", "Each row"))


def test_a_card_that_is_saved_later_is_charged(world: World, api: ApiOfWorld, folder: Path) -> None:
    customer_id = world.stripe_customer(None)
    import_customers(api, table_file(folder, f"acme,{customer_id},Acme"))
    world.create_invoice("acme")
    world.run()

    pay_with(world, customer_id)
    world.api("POST", CUSTOMERS_PATH, {"customer": {"external_id": "acme"}})
    world.run()

    assert world.charged() == [4200]
