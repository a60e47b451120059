"""Uses a user's running Jupyter server as a browser would. Arguments: kernel, the cells' code.

Finds the server by the user's own runtime files, logs in by the form, executes a notebook through
the kernel's websocket, saves it with its outputs, reads it back, and tries what must be refused.
"""

import http.cookiejar
import json
import socket
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import websocket
from jupyter_server.serverapp import list_running_servers

NO_XSRF = {"Accept": "application/json"}
DEADLINE = time.monotonic() + 300


class Browser:
    """Keeps cookies; every call gives (status, JSON or text)."""

    def __init__(self, url):
        self.url = url
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def cookies(self):
        return {cookie.name: cookie.value for cookie in self.jar}

    def call(self, method, path, *, body=None, headers=None):
        """A str body is sent as it is, another as JSON. The XSRF token goes along by default."""
        headers = headers or {"X-XSRFToken": self.cookies().get("_xsrf", "")}
        data = body if isinstance(body, str) or body is None else json.dumps(body)
        data = data.encode() if data is not None else None
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with self.opener.open(request, timeout=60) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text


def find():
    """The user's server, once it answers."""
    while time.monotonic() < DEADLINE:
        for server in list_running_servers():
            try:
                urllib.request.urlopen(server["url"] + "login", timeout=60).close()
            except urllib.error.HTTPError:
                return server  # it answers, though not as it should: the report will tell
            except OSError:
                continue
            return server
        time.sleep(0.3)
    raise SystemExit("no Jupyter server of this user answers")


def listening(port):
    """The IPv4 and IPv6 addresses on which somebody listens at that port."""
    found = set()
    for family, table in ((socket.AF_INET, "tcp"), (socket.AF_INET6, "tcp6")):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            words, number = local.split(":")
            if state == "0A" and int(number, 16) == port:
                raw = b"".join(
                    bytes.fromhex(words[i : i + 8])[::-1] for i in range(0, len(words), 8)
                )
                found.add(socket.inet_ntop(family, raw))
    return sorted(found)


def login(browser, token):
    browser.call("GET", "login")
    form = {"_xsrf": browser.cookies().get("_xsrf", ""), "password": token}
    browser.call("POST", "login?next=%2Fapi%2Fme", body=urllib.parse.urlencode(form))
    return browser.call("GET", "api/kernelspecs")


def news(browser):
    """Whether JupyterLab would fetch news, by the default that it hands to a browser."""
    plugin = "@jupyterlab/apputils-extension:notification"
    status, answer = browser.call("GET", f"lab/api/settings/{plugin}")
    return answer["schema"]["properties"]["fetchNews"]["default"] if status == 200 else status


def execute(channel, code):
    """One execute request; the text that the kernel sent back until it was idle again."""
    message = {
        "channel": "shell",
        "header": {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "session": uuid.uuid4().hex,
            "username": "",
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False, "store_history": True, "stop_on_error": True},
    }
    channel.send(json.dumps(message))
    texts, idle, replied = [], False, False
    while not (idle and replied):
        answer = json.loads(channel.recv())
        if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
            continue
        kind, content = answer["msg_type"], answer["content"]
        if kind == "stream":
            texts.append(content["text"])
        if kind == "error":
            texts.append("\n".join(content["traceback"]))
        idle = idle or (kind == "status" and content["execution_state"] == "idle")
        replied = replied or kind == "execute_reply"
    return "".join(texts)


def notebook(cells, outputs, *, kernel):
    return {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": number,
                "metadata": {},
                "source": code,
                "outputs": [{"output_type": "stream", "name": "stdout", "text": text}],
            }
            for number, (code, text) in enumerate(zip(cells, outputs, strict=True), 1)
        ],
        "metadata": {"kernelspec": {"name": kernel, "display_name": kernel}},
        "nbformat": 4,
        "nbformat_minor": 4,
    }


def work(browser, kernel, *, cells):
    """Start a session, execute the cells, save the notebook, read it back, clean up."""
    path = f"burnish-check-{uuid.uuid4().hex}.ipynb"
    ask = {"path": path, "name": path, "type": "notebook", "kernel": {"name": kernel}}
    status, session = browser.call("POST", "api/sessions", body=ask)
    if status != 201:
        return {"session": status, "said": session}
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies().items())
    channel = websocket.create_connection(
        browser.url.replace("http", "ws", 1) + f"api/kernels/{session['kernel']['id']}/channels",
        cookie=cookie,
        timeout=240,
    )
    outputs = [execute(channel, code) for code in cells]
    channel.close()
    saved = {"type": "notebook", "content": notebook(cells, outputs, kernel=kernel)}
    put, _ = browser.call("PUT", f"api/contents/{path}", body=saved)
    _, read = browser.call("GET", f"api/contents/{path}")
    browser.call("DELETE", f"api/sessions/{session['id']}")
    browser.call("DELETE", f"api/contents/{path}")
    return {
        "session": status,
        "saved": put,
        "outputs": [cell["outputs"][0]["text"] for cell in read["content"]["cells"]],
    }


kernel, *cells = sys.argv[1:]
server = find()
browser, stranger, guesser = (Browser(server["url"]) for _ in range(3))
status, specs = login(browser, server["token"])
wrong = {"Authorization": "token " + "0" * len(server["token"])}
report = {
    "listening": listening(server["port"]),
    "port": server["port"],
    "login": status,
    "kernels": {name: s["spec"]["argv"][0] for name, s in specs["kernelspecs"].items()}
    if status == 200
    else {},
    "default": specs.get("default") if status == 200 else None,
    "no_token": stranger.call("GET", "api/contents")[0],
    "wrong_token": stranger.call("GET", "api/contents", headers=wrong)[0],
    "wrong_password": login(guesser, "guess")[0],
    "no_xsrf": browser.call("POST", "api/contents", body={"type": "file"}, headers=NO_XSRF)[0],
    "lab": browser.call("GET", "lab")[0],
    "tree": browser.call("GET", "tree")[0],
    "news": news(browser),
    "work": work(browser, kernel, cells=cells) if status == 200 else {},
}
print(json.dumps(report))
