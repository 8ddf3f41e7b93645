"""The search for leaked tokens itself: it finds a planted one in each encoding, and nothing in clean text."""
import base64
import unittest
import urllib.parse

from support import leaks

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
