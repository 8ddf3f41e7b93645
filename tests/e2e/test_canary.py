"""The search for leaked tokens itself: it finds a planted one in each encoding, and nothing in clean text."""
import base64
import os
import unittest
import urllib.parse

from support import EndToEnd, leaks

TOKEN = "IGAA" + "".join(chr(ord("a") + i * 7 % 26) + str(i % 10) for i in range(40))


class CanarySearch(unittest.TestCase):
    def test_finds_a_planted_token_in_each_encoding(self):
        raw = TOKEN.encode()
        planted = {
            "raw": raw,
            "in a sentence": b'{"a":"' + raw + b'"}',
            "cut short": raw[:48],
            "percent": "".join(f"%{b:02x}" for b in raw).encode(),
            "double percent": urllib.parse.quote("".join(f"%{b:02X}" for b in raw)).encode(),
            "JSON escapes": "".join(f"\\u{b:04X}" for b in raw).encode(),
            "base64": base64.b64encode(raw),
            "base64 behind one byte": base64.b64encode(b"x" + raw),
            "base64 behind two bytes": base64.b64encode(b"xy" + raw),
            "base64url": base64.urlsafe_b64encode(b"??>" + raw),
            "hex": raw.hex().encode(),
            "upper hex": raw.hex().upper().encode(),
            "reversed": raw[::-1],
        }
        for name, content in planted.items():
            with self.subTest(name):
                self.assertTrue(leaks({TOKEN}, {name: b"before " + content + b" after"}))

    def test_finds_nothing_in_clean_text(self):
        clean = b"sha256:0123456789ab IGAA and the word token, " + TOKEN[:8].encode()
        self.assertEqual(leaks({TOKEN}, {"clean": clean}), [])


class CanaryPlaces(EndToEnd):
    """Everything that a test leaves behind is looked at: a token planted anywhere in it is found."""

    def planted(self):
        with self.assertRaises(AssertionError):
            self.check_nothing_leaked()

    def test_finds_a_token_in_a_file_of_the_data_directory(self):
        self.canaries.add(TOKEN)
        os.mkdir(self.data)
        path = os.path.join(self.data, "everlong.db-wal")
        with open(path, "wb") as file:
            file.write(b"\0" * 4096 + TOKEN.encode() + b"\0" * 4096)
        self.planted()
        os.remove(path)

    def test_finds_a_token_in_a_temporary_file_beside_the_env(self):
        self.canaries.add(TOKEN)
        env = self.write_env(f"INSTAGRAM_ACCESS_TOKEN={TOKEN}\n")
        self.check_nothing_leaked()
        with open(env + ".tmp", "w", encoding="utf-8") as file:
            file.write(TOKEN)
        self.planted()
        os.remove(env + ".tmp")

    def test_finds_a_token_in_what_a_command_said(self):
        self.canaries.add(TOKEN)
        self.outputs["a command"] = f"warning: token {TOKEN[:44]} was refused"
        self.planted()
        self.outputs.clear()
