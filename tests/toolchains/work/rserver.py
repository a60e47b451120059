#!/usr/bin/python3
"""Plays RStudio Server where an image has none: tells who runs it, and below which path it is."""

import os
import pwd
import socketserver
import sys
from http.server import BaseHTTPRequestHandler

options = dict(each.partition("=")[::2] for each in sys.argv[1:])
if "--help" in options:
    print("--www-socket --www-root-path")
    raise SystemExit


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        who = pwd.getpwuid(os.getuid()).pw_name
        title = f"no RStudio, a stand-in: {who} {options['--www-root-path']}"
        text = f"<html><head><title>{title}</title></head></html>".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Nothing: a client of such a socket has no address to tell."""


socketserver.UnixStreamServer(options["--www-socket"], Page).serve_forever()
