"""The HTTP interface by the Unix socket of the data directory, and the commands that came with it: deliveries, renaming,
the simulator's time by the service, the description of it all."""
import http.client
import json
import os
import socket

from support import DAY_S, EndToEnd, fingerprint, in_both_modes, instant, listening, read_env


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("everlong", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Local(EndToEnd):
    def call(self, method, target, body=None):
        """(status, JSON)"""
        connection = UnixConnection(os.path.join(self.data, "everlong.sock"))
        try:
            connection.request(method, target, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


class Deliveries(EndToEnd):
    @in_both_modes
    def test_a_second_file_is_added_tested_and_removed(self):
        minted = self.mint("instagram")
        first = self.env_for(minted, "first/.env")
        self.cli("channel", "import", "cafe", "--env-file", first)
        second = self.write_env("OTHER=1\n", "second/.env")
        added = self.json_of("delivery", "add", "cafe", "--env-file", second, "--token-key", "IG_TOKEN", "--id-key", "IG_ID")
        self.assertTrue(added["delivered"])
        self.assertEqual(read_env(second), {"OTHER": "1", "IG_TOKEN": self.token_in(first),
                                            "IG_ID": read_env(first)["INSTAGRAM_USER_ID"]})
        listed = self.json_of("delivery", "list", "cafe")["deliveries"]
        self.assertEqual([(d["path"], d["token_key"]) for d in listed],
                         [(first, "INSTAGRAM_ACCESS_TOKEN"), (second, "IG_TOKEN")])
        self.assertIn(second, self.cli("delivery", "list", "cafe").out)
        number = added["id"]

        tested = self.json_of("delivery", "test", number)
        self.assertEqual((tested["found"], tested["delivered"], tested["problem"]), ("current", True, None))
        self.write_env("OTHER=1\n", "second/.env")
        tested = self.json_of("delivery", "test", number)
        self.assertEqual((tested["found"], tested["delivered"]), ("none", True))
        self.assertEqual(read_env(second)["IG_TOKEN"], self.token_in(first))

        # A token that somebody else put there stays, and is said.
        foreign = self.mint("instagram", account="other_shop")["access_token"]
        self.write_env(f"IG_TOKEN={foreign}\n", "second/.env")
        tested = self.json_of("delivery", "test", number, expect=1)
        self.assertEqual((tested["found"], tested["delivered"], tested["problem"]["code"]),
                         ("another", False, "E_SINK_CONFLICT"))
        self.assertEqual(read_env(second)["IG_TOKEN"], foreign)

        removed = self.json_of("delivery", "remove", number)
        self.assertEqual((removed["channel"], removed["path"], removed["removed"]), ("cafe", second, True))
        self.assertEqual(read_env(second)["IG_TOKEN"], foreign)
        self.assertEqual(len(self.json_of("delivery", "list", "cafe")["deliveries"]), 1)
        for arguments in (("delivery", "test", number), ("delivery", "remove", number), ("delivery", "remove", "seven")):
            self.assertEqual(self.cli(*arguments, expect=2).error_code, "E_DELIVERY_UNKNOWN")
        self.assertEqual(self.cli("delivery", "list", "nobody", expect=2).error_code, "E_CHANNEL_UNKNOWN")

    @in_both_modes
    def test_a_file_that_cannot_be_written_is_told(self):
        self.cli("channel", "import", "cafe", "--env-file", self.env_for(self.mint("instagram")))
        done = self.cli("delivery", "add", "cafe", "--env-file", os.path.join(self.folder, "nowhere/at/all/.env"), expect=1)
        self.assertIn("not delivered", done.out)
        number = str(self.json_of("delivery", "list", "cafe")["deliveries"][1]["id"])
        self.assertEqual(self.json_of("delivery", "test", number, expect=1)["found"], "unreadable")


class Renaming(EndToEnd):
    @in_both_modes
    def test_a_renamed_channel_keeps_all_that_it_has(self):
        path = self.env_for(self.mint("instagram"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.cli("channel", "import", "bar", "--token-stdin", stdin=self.mint("instagram", account="bar")["access_token"])
        self.assertEqual(self.json_of("channel", "rename", "cafe", "cafe-berlin")["name"], "cafe-berlin")
        self.assertEqual([c["name"] for c in self.json_of("channel", "list")["channels"]], ["bar", "cafe-berlin"])
        self.assertEqual(self.cli("channel", "show", "cafe", expect=2).error_code, "E_CHANNEL_UNKNOWN")
        got = self.cli("token", "get", "cafe-berlin", shows_token=True).out.strip()
        self.assertEqual(got, self.token_in(path))
        for new, code in (("bar", "E_CHANNEL_EXISTS"), ("B a r", "E_CHANNEL_NAME")):
            self.assertEqual(self.cli("channel", "rename", "cafe-berlin", new, expect=2).error_code, code)
        self.assertEqual(self.cli("channel", "rename", "nobody", "x", expect=2).error_code, "E_CHANNEL_UNKNOWN")

    def test_the_loop_goes_on_under_the_new_name(self):
        self.serve()
        path = self.env_for(self.mint("instagram"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        before = self.token_in(path)
        self.cli("channel", "rename", "cafe", "bar")
        self.sim.advance(10 * DAY_S)
        self.settled(["bar"])
        self.alive_in(path)
        self.assertNotEqual(fingerprint(before), fingerprint(self.token_in(path)))


class TimeMachine(Local):
    def test_the_simulators_time_is_turned_by_the_service(self):
        self.serve()
        path = self.env_for(self.mint("instagram"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        status, before = self.call("GET", "/v1/sandbox")
        self.assertEqual((status, before["address"]), (200, self.sim.address))
        self.assertTrue(any(person["accounts"] for person in before["people"]))
        status, turned = self.call("POST", "/v1/sandbox/clock", {"advance_s": 10 * DAY_S})
        self.assertEqual(status, 200)
        self.assertGreaterEqual((instant(turned["now"]) - instant(before["now"])).total_seconds(), 10 * DAY_S)
        # The very next look is one of the new time.
        status, channel = self.call("GET", "/v1/channels/cafe")
        self.assertEqual(status, 200)
        self.settled(["cafe"])
        self.alive_in(path)
        self.assertEqual(self.call("POST", "/v1/sandbox/event", {"type": "password-changed"})[0], 200)
        self.assertEqual(self.call("POST", "/v1/sandbox/event", {"type": "nonsense"})[1]["code"], "E_USAGE")
        fault = {"match": {}, "times": 1, "fault": {"kind": "status", "status": 503}}
        self.assertEqual(self.call("POST", "/v1/sandbox/faults", {"faults": [fault]})[0], 200)
        self.assertEqual(len(self.sim.call("GET", "faults")["faults"]), 1)
        self.assertEqual(self.call("POST", "/v1/sandbox/faults", {"faults": []})[0], 200)
        self.assertEqual(self.sim.call("GET", "faults")["faults"], [])
        self.assertEqual(self.call("POST", "/v1/sandbox/faults", {})[1]["code"], "E_HTTP_BODY")

    def test_without_a_simulator_there_is_no_time_machine(self):
        service = self.start("serve", "--port", "0")
        listening(service, 1)
        for method, path in (("GET", ""), ("POST", "/clock"), ("POST", "/event"), ("POST", "/faults")):
            body = {"/clock": {"advance_s": 1}, "/faults": {"faults": []}}.get(path)
            status, problem = self.call(method, "/v1/sandbox" + path, body)
            self.assertEqual((status, problem["code"]), (404, "E_HTTP_NOT_FOUND"))


class Description(Local):
    def conforms(self, value, schema, whole, place="answer"):
        """As much of JSON Schema as our document uses."""
        if "$ref" in schema:
            return self.conforms(value, whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], whole, place)
        if "oneOf" in schema:
            matching = []
            for part in schema["oneOf"]:
                try:
                    self.conforms(value, part, whole, place)
                    matching.append(part)
                except AssertionError:
                    pass
            return self.assertEqual(len(matching), 1, f"{place}: {value!r} is none or several of {schema['oneOf']}")
        for part in schema.get("allOf", []):
            self.conforms(value, part, whole, place)
        if "enum" in schema:
            self.assertIn(value, schema["enum"], place)
        if "const" in schema:
            self.assertEqual(value, schema["const"], place)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        names = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}
        if kinds:
            self.assertTrue(any(isinstance(value, names[k]) and (k != "integer" or not isinstance(value, bool))
                                for k in kinds), f"{place}: {value!r} is no {kinds}")
        if isinstance(value, dict):
            self.assertEqual(set(schema.get("required", [])) - set(value), set(), f"{place} lacks members")
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    self.conforms(value[name], part, whole, f"{place}.{name}")
        if isinstance(value, list):
            for number, item in enumerate(value):
                self.conforms(item, schema.get("items", {}), whole, f"{place}[{number}]")

    def test_answers_are_as_the_description_says(self):
        self.serve()
        status, whole = self.call("GET", "/openapi.json")
        self.assertEqual((status, whole["openapi"]), (200, "3.1.0"))
        path = self.env_for(self.mint("instagram"))
        calls = [
            ("POST", "/v1/channels", "/v1/channels", {"name": "cafe", "env_file": path}),
            ("GET", "/healthz", "/healthz", None), ("GET", "/readyz", "/readyz", None),
            ("GET", "/v1/channels", "/v1/channels", None),
            ("GET", "/v1/channels/{name}", "/v1/channels/cafe", None),
            ("GET", "/v1/channels/{name}/token", "/v1/channels/cafe/token?min_valid=1", None),
            ("GET", "/v1/channels/{name}/history", "/v1/channels/cafe/history", None),
            ("GET", "/v1/channels/{name}/events", "/v1/channels/cafe/events", None),
            ("POST", "/v1/channels/{name}/refresh", "/v1/channels/cafe/refresh", {}),
            ("GET", "/v1/channels/{name}/deliveries", "/v1/channels/cafe/deliveries", None),
            ("POST", "/v1/channels/{name}/deliveries", "/v1/channels/cafe/deliveries", {"path": path}),
            ("POST", "/v1/inspect", "/v1/inspect", {"channel": "cafe"}),
            ("POST", "/v1/explain", "/v1/explain", {"text": "code 190"}),
            ("POST", "/v1/doctor", "/v1/doctor", {"channel": "cafe"}),
            ("GET", "/v1/session", "/v1/session", None),
            ("POST", "/v1/api-keys", "/v1/api-keys", {"name": "k", "scopes": ["token:read"], "channel": "cafe"}),
            ("GET", "/v1/api-keys", "/v1/api-keys", None),
            ("DELETE", "/v1/api-keys/{id}", "/v1/api-keys/1", None),
            ("GET", "/v1/sandbox", "/v1/sandbox", None),
            ("POST", "/v1/sandbox/clock", "/v1/sandbox/clock", {"advance_s": 1}),
            ("PATCH", "/v1/channels/{name}", "/v1/channels/cafe", {"name": "bar"}),
            ("GET", "/v1/channels/{name}", "/v1/channels/nobody", None),
            ("PATCH", "/v1/channels/{name}", "/v1/channels/bar", {"name": 1}),
            ("DELETE", "/v1/deliveries/{id}", "/v1/deliveries/99", None),
            ("DELETE", "/v1/channels/{name}", "/v1/channels/bar", None),
        ]
        for method, pattern, target, body in calls:
            with self.subTest(f"{method} {target}"):
                status, answer = self.call(method, target, body)
                responses = whole["paths"][pattern][method.lower()]["responses"]
                self.assertIn(str(status), responses)
                response = responses[str(status)]
                if "$ref" in response:
                    response = whole["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
                content = next(iter(response["content"].values()))
                self.conforms(answer, content["schema"], whole)
