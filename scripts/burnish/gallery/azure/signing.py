"""What is said of signing in: the next step of the user, and the row of the table of faults. Pure."""

from __future__ import annotations

from burnish.gallery.azure.fault import DISK, Rule

LOGIN = "log in again (`az login`), or look at the job's credentials; `burnish doctor` tells which"
SIGN_IN = (
    "install Azure's command line and `az login`, or set the variables of another way: docs/azure.md, "
    "Signing in"
)
# What a login that failed before Azure was asked for anything is seen as: no service has such a code.
CODE = "NoLogin"
NO_LOGIN = Rule(
    name="no login",
    when="the way of signing in gives no token: no `az`, nobody signed in with it, no credentials",
    statuses=(401,),
    codes=(CODE,),
    then="end",
    says="nobody is signed in",
    next=SIGN_IN,
    left=DISK,
)
