"""Serves a Shiny app as a user would, asks for its page, and changes an input through its websocket."""

import base64
import json
import os
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

APP = """
library(shiny)
ui <- fluidPage(titlePanel("Squares"), numericInput("n", "n", 1), textOutput("square"))
server <- function(input, output) output$square <- renderText(paste("square:", input$n^2))
shinyApp(ui, server)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page(port, process):
    """The app's page, once it answers."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the app does not answer")


class Channel:
    """As much of a websocket as short texts need."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = ["GET /websocket/ HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket"]
        lines += ["Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass

    def send(self, message):
        """One text shorter than 126 bytes; a mask of zeros leaves it as it is."""
        data = json.dumps(message).encode()
        self.socket.sendall(bytes([0x81, 0x80 | len(data)]) + b"\0" * 4 + data)

    def value(self, name):
        """The next value that the app sends of an output."""
        while True:
            _, size = self.file.read(2)
            if size >= 126:
                form = "!H" if size == 126 else "!Q"
                (size,) = struct.unpack(form, self.file.read(struct.calcsize(form)))
            message = json.loads(self.file.read(size))
            if name in message.get("values", {}):
                return message["values"][name]


with tempfile.TemporaryDirectory() as folder:
    Path(folder, "app.R").write_text(APP)
    port = free_port()
    run = f"shiny::runApp('{folder}', port = {port}, launch.browser = FALSE)"
    process = subprocess.Popen(["Rscript", "-e", run], stderr=subprocess.DEVNULL)
    try:
        status, html = page(port, process)
        channel = Channel(port)
        shown = {".clientdata_output_square_hidden": False}
        channel.send({"method": "init", "data": {"n:shiny.number": 3, **shown}})
        first = channel.value("square")
        channel.send({"method": "update", "data": {"n:shiny.number": 12}})
        second = channel.value("square")
    finally:
        process.terminate()
        process.wait(30)
print(
    json.dumps(
        {
            "status": status,
            "title": "<h2>Squares</h2>" in html,
            "own_scripts": "shiny.min.js" in html and "//cdn" not in html,
            "websocket": channel.status,
            "values": [first, second],
        }
    )
)
