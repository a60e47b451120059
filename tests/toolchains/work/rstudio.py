"""Signs in to RStudio Server as a browser does. Arguments: its address, a user, the right password.

The form is read off the page, the password encrypted with the server's key (RSA, PKCS #1 v1.5).
"""

import base64
import html.parser
import http.cookiejar
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DEADLINE = time.monotonic() + 120


class AsItIs(urllib.request.HTTPErrorProcessor):
    """Follows no redirect: where one leads is what is looked at."""

    def http_response(self, request, response):
        return response


class Hidden(html.parser.HTMLParser):
    """Gathers a form's hidden fields."""

    def __init__(self):
        super().__init__()
        self.fields = {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given.get("name")] = given.get("value") or ""


class Browser:
    """Keeps cookies; every call gives (status, where it leads, text)."""

    # the main page turns away browsers that it does not know
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def __init__(self, url):
        self.url = url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), AsItIs())
        self.opener.addheaders = [("User-Agent", self.agent)]

    def call(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.url + path, data=data, timeout=60) as answer:
            place = urllib.parse.urlsplit(answer.headers.get("Location", "")).path
            return answer.status, place, answer.read().decode()

    def sign_in(self, user, password):
        """Where it leads, and the status of the page that only users see."""
        form = Hidden()
        form.feed(self.call("/auth-sign-in")[2])
        key = self.call("/auth-public-key")[2]
        form.fields["v"] = encrypted(f"{user}\n{password}", key)
        return [self.call("/auth-do-sign-in", form.fields)[1], self.call("/")[0]]


def encrypted(text, key):
    """The text as only the key's owner can read it; a key is `exponent:modulus`, hexadecimal."""
    exponent, modulus = (int(part, 16) for part in key.strip().split(":"))
    size = (modulus.bit_length() + 7) // 8
    message = text.encode()
    padding = bytes(byte % 255 + 1 for byte in os.urandom(size - len(message) - 3))
    block = b"\0\2" + padding + b"\0" + message
    number = pow(int.from_bytes(block, "big"), exponent, modulus)
    return base64.b64encode(number.to_bytes(size, "big")).decode()


def answering(browser):
    """The page to sign in, once the server answers."""
    while True:
        try:
            return browser.call("/auth-sign-in")
        except OSError:
            if time.monotonic() > DEADLINE:
                raise
            time.sleep(0.3)


url, user, password = sys.argv[1:]
stranger = Browser(url)
status, _, page = answering(stranger)
title = re.search("<title>([^<]*)</title>", page)
print(
    json.dumps(
        {
            "page": status,
            "title": title[1] if title else "",
            "stranger": list(stranger.call("/")[:2]),
            "right": Browser(url).sign_in(user, password),
            "wrong": Browser(url).sign_in(user, f"{password}x"),
            "nobody": Browser(url).sign_in("nobody-at-all", password),
        }
    )
)
