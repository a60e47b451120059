"""Uses JupyterHub as a browser would. Arguments: its address, what to do, users with passwords (JSON).

Signs users in by the form, starts their servers, runs code in kernels through the websocket, and tries
what must be refused.
"""

import contextlib
import http.client
import json
import re
import socket
import ssl
import sys
import time
import uuid

import requests
import urllib3
import websocket

urllib3.disable_warnings()
HUB, WHAT, USERS = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
HOST, PORT = HUB.rpartition("/")[2].split(":")
DEADLINE = time.monotonic() + 240
# who runs it, where, and a sum: in each kernel's language
CODE = {
    "python": "import os, pwd; print(pwd.getpwuid(os.getuid()).pw_name, os.getcwd(), 6 * 7)",
    "R": 'cat(Sys.info()[["effective_user"]], getwd(), 6 * 7)',
    "julia": 'print(strip(read(`id -un`, String)), " ", pwd(), " ", 6 * 7)',
}
# what a kernel finds of another user's: a file, and the servers that listen for her, asked directly
BEHIND = """
import json, pathlib, pwd, urllib.error, urllib.request
who = pwd.getpwnam({name!r})
report = {{"read": "", "direct": []}}
try:
    report["read"] = pathlib.Path(who.pw_dir, "own.txt").read_text()
except OSError as error:
    report["read"] = type(error).__name__
for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
    local, state, uid = (row.split()[place] for place in (1, 3, 7))
    if state == "0A" and int(uid) == who.pw_uid:
        url = "http://127.0.0.1:%d/user/%s/api/contents" % (int(local.partition(":")[2], 16), who.pw_name)
        try:
            report["direct"].append(urllib.request.urlopen(url, timeout=30).status)
        except urllib.error.HTTPError as error:
            report["direct"].append(error.code)
print(json.dumps(report))
"""


class Browser:
    """One user's; keeps cookies."""

    def __init__(self, user):
        self.user = user
        self.session = requests.Session()
        self.session.verify = False

    def call(self, method, path, **more):
        folder = "/hub/" if path.startswith("/hub/") else "/".join(path.split("/")[:3]) + "/"
        found = [c.value for c in self.session.cookies if c.name == "_xsrf" and c.path == folder]
        headers = {"X-XSRFToken": found[0] if found else "", "Referer": HUB + folder}
        return self.session.request(method, HUB + path, headers=headers, timeout=120, **more)

    def sign_in(self, password):
        page = self.call("GET", "/hub/login").text
        token = re.search(r'name="_xsrf" value="([^"]*)"', page)
        form = {"username": self.user, "password": password, "_xsrf": token[1] if token else ""}
        answer = self.call("POST", "/hub/login?next=%2Fhub%2Fhome", data=form)
        return answer.status_code

    def enter(self, password):
        """Sign in, and ask for the user's server where none runs."""
        status = self.sign_in(password)
        return status, self.call("POST", f"/hub/api/users/{self.user}/server").status_code

    def wait(self):
        """Until the server is there; what the Hub says of its user then."""
        while time.monotonic() < DEADLINE:
            known = self.call("GET", f"/hub/api/users/{self.user}").json()
            if known.get("servers", {}).get("", {}).get("ready"):
                self.call("GET", f"/user/{self.user}/lab")
                return known
            time.sleep(0.3)
        raise SystemExit(f"no server for {self.user}: {known}")

    def run(self, kernel, code):
        """One execution in a fresh kernel; what it printed."""
        api = f"/user/{self.user}/api/kernels"
        made = self.call("POST", api, json={"name": kernel})
        if made.status_code != 201:
            return f"{made.status_code} {made.text[:300]}"
        channel = websocket.create_connection(
            HUB.replace("http", "ws", 1) + f"{api}/{made.json()['id']}/channels",
            header={"Cookie": "; ".join(f"{c.name}={c.value}" for c in self.session.cookies)},
            origin=HUB.removesuffix(":443"),
            sslopt={"cert_reqs": ssl.CERT_NONE, "check_hostname": False},
            timeout=120,
        )
        try:
            return execute(channel, code).strip()
        finally:
            channel.close()
            self.call("DELETE", f"{api}/{made.json()['id']}")


def up():
    """Wait for the Hub, which may just have been started."""
    while time.monotonic() < DEADLINE:
        with contextlib.suppress(OSError):
            if requests.get(f"{HUB}/hub/health", verify=False, timeout=30).status_code == 200:
                return
        time.sleep(0.3)


def execute(channel, code):
    """The text that a kernel sent back until it was idle again."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "session": uuid.uuid4().hex,
    }
    header |= {"username": "", "version": "5.3"}
    content = {"code": code, "silent": False, "store_history": False, "stop_on_error": True}
    channel.send(
        json.dumps(
            {
                "channel": "shell",
                "header": header,
                "parent_header": {},
                "metadata": {},
                "content": content,
            }
        )
    )
    texts, idle, replied = [], False, False
    while not (idle and replied):
        answer = json.loads(channel.recv())
        if answer["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        kind, said = answer["msg_type"], answer["content"]
        texts.append(
            said.get("text", "") if kind == "stream" else "\n".join(said.get("traceback", ()))
        )
        idle = idle or (kind == "status" and said["execution_state"] == "idle")
        replied = replied or kind == "execute_reply"
    return "".join(texts)


def plain():
    """What plain http gets; nothing where the connection just ends."""
    connection = http.client.HTTPConnection(HOST, int(PORT), timeout=30)
    try:
        connection.request("GET", "/hub/health")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None


def door():
    """Before anybody is in."""
    (user, password), *_ = USERS.items()
    stranger = Browser(user)
    with socket.create_connection((HOST, int(PORT)), timeout=30) as raw:
        context = ssl._create_unverified_context()
        with context.wrap_socket(raw) as secured:
            certificate = ssl.DER_cert_to_PEM_cert(secured.getpeercert(binary_form=True))
    return {
        "health": stranger.call("GET", "/hub/health").status_code,
        "plain": plain(),
        "certificate": certificate,
        "wrong_password": stranger.sign_in(password + "x"),
        "no_such_user": Browser("nobody-here").sign_in(password),
        "root": Browser("root").sign_in(password),
        "users": stranger.call("GET", "/hub/api/users").status_code,
        "server": stranger.call("GET", f"/user/{user}/lab").url.partition("?")[0],
        "right_password": Browser(user).sign_in(password),
    }


def entered():
    """Every user's browser with a running server, and what the Hub says of each."""
    browsers = {user: Browser(user) for user in USERS}
    for user, browser in browsers.items():
        signed = browser.enter(USERS[user])
        if signed[0] != 200 or signed[1] not in (201, 202, 400):
            raise SystemExit(f"{user} did not get in: {signed}")
    return {user: (browser, browser.wait()) for user, browser in browsers.items()}


def work():
    """Code in every kernel for the first user, in the default one for the others."""
    report = {}
    for user, (browser, known) in entered().items():
        every, first = kernels(browser)
        ran = every if not report else [first]
        report[user] = {
            "admin": known["admin"],
            "lab": browser.call("GET", f"/user/{user}/").url.partition("?")[0].removeprefix(HUB),
            "kernels": {name: spec["argv"][0] for name, spec in every.items()},
            "ran": {name: browser.run(name, CODE[every[name]["language"]]) for name in ran},
        }
    return report


def kernels(browser):
    """Every kernel's spec by its name, and the default one's name."""
    answer = browser.call("GET", f"/user/{browser.user}/api/kernelspecs").json()
    every = {name: each["spec"] for name, each in answer["kernelspecs"].items()}
    return every, answer["default"] if answer["default"] in every else min(every)


def python(browser):
    """A kernel that speaks Python."""
    return min(name for name, spec in kernels(browser)[0].items() if spec["language"] == "python")


def apart():
    """What the first user gets of the second one's."""
    (one, _), (other, _) = list(entered().values())[:2]
    folder, hub = f"/user/{other.user}", f"/hub/api/users/{other.user}"
    own = {"type": "file", "format": "text", "content": "x"}
    other.call("PUT", f"{folder}/api/contents/own.txt", json=own)
    return {
        "own": other.call("GET", f"{folder}/api/contents/own.txt").json().get("content"),
        "server": one.call("GET", f"{folder}/api/contents").status_code,
        "file": one.call("GET", f"{folder}/files/own.txt").status_code,
        "user": one.call("GET", hub).status_code,
        "stop": one.call("DELETE", f"{hub}/server").status_code,
        **json.loads(one.run(python(one), BEHIND.format(name=other.user))),
    }


def launcher():
    """Whether the launcher offers what servers of others are known by, and which these are."""
    ((browser, _), *_) = entered().values()
    page = browser.call("GET", f"/user/{browser.user}/lab").text
    config = json.loads(
        re.search(r'id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)[1]
    )
    disabled = config.get("disabledExtensions", [])
    known = browser.call("GET", f"/user/{browser.user}/server-proxy/servers-info").json()
    return {
        "offered": not any("jupyter-server-proxy" in str(name) for name in disabled),
        "known": [each["name"] for each in known["server_processes"]],
    }


def rstudio():
    """What is at the place of RStudio."""
    ((browser, _), *_) = entered().values()
    answer = browser.call("GET", f"/user/{browser.user}/rstudio/")
    title = re.search("<title>([^<]*)</title>", answer.text)
    return {"status": answer.status_code, "title": title[1] if title else answer.text[:300]}


def enter():
    """Only the servers."""
    return sorted(entered())


up()
tasks = {each.__name__: each for each in (door, enter, work, apart, launcher, rstudio)}
print(json.dumps(tasks[WHAT]()))
