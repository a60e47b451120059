"""What goes wrong with Azure, as one table: what is done then, how long, what the user reads, what stays.

Pure: `judge` takes what was seen and gives the rule that it falls under. docs/azure.md is made of it.
"""

from __future__ import annotations

from dataclasses import replace

from burnish.gallery.azure.fault import DISK, READS, Rule, Seen
from burnish.gallery.azure.pages import TRIES
from burnish.gallery.azure.signing import LOGIN, NO_LOGIN

NOTHING = "nothing ¹"
CANDIDATE = "the candidate, which goes on being copied"
GROUP = "what of its group Azure does not remove; `burnish prune --leaked` takes it after its day"
AGAIN = "run the same command again: what was done is not done again"

RULES = (
    NO_LOGIN,
    Rule(
        name="throttled",
        when="429, or 503, with Retry-After",
        statuses=(429, 503),
        told=True,
        then="again",
        times=20,
        most=300.0,
        says="Azure is busy and asks to wait",
        next="wait some minutes, then run the same command again",
        left=NOTHING,
    ),
    Rule(
        name="throttled, not told how long",
        when="429 without Retry-After",
        statuses=(429,),
        told=False,
        then="again",
        times=10,
        first=2.0,
        most=60.0,
        says="Azure is busy",
        next="wait some minutes, then run the same command again",
        left=NOTHING,
    ),
    Rule(
        name="token expired",
        when="401 in the middle of a run",
        statuses=(401,),
        then="again",
        times=1,
        says="the login's token was refused; a new one is asked for",
        next=LOGIN,
        left=DISK,
    ),
    Rule(
        name="connection lost while reading",
        when="no answer to a GET",
        statuses=(0,),
        methods=READS,
        then="again",
        times=6,
        first=1.0,
        most=30.0,
        says="the connection was lost",
        next=f"look at the network and the site's proxy, then {AGAIN}",
        left=DISK,
    ),
    Rule(
        name="connection lost while writing",
        when="no answer to a PUT, PATCH, POST or DELETE: nobody knows whether it was carried out",
        statuses=(0,),
        then="look",
        times=5,
        first=1.0,
        most=30.0,
        says="the connection was lost; what became of the request is looked at",
        next=f"look at the network and the site's proxy, then {AGAIN}",
        left=DISK,
    ),
    Rule(
        name="generations differ",
        when="409 Conflict, `different Hypervisor generation`",
        statuses=(200, 400, 409),
        words=("hypervisor generation",),
        then="end",
        says="the disk's generation is not the definition's",
        next="`burnish doctor IMAGE --target azure` names both sides",
        left=NOTHING,
    ),
    Rule(
        name="number taken",
        when="409 PropertyChangeNotAllowed",
        statuses=(409,),
        codes=("PropertyChangeNotAllowed",),
        then="look",
        times=3,
        says="the number was taken meanwhile; the next free one of its day is taken",
        next=AGAIN,
        left=NOTHING,
    ),
    Rule(
        name="quota",
        when="QuotaExceeded, or OperationNotAllowed that speaks of a quota",
        statuses=(200, 400, 403, 409),
        words=("quota", "limit is reached", "exceeds the limit"),
        then="end",
        says="a limit of the subscription is reached",
        next="ask for more in the portal (Quotas), or `burnish prune --target azure`",
        left=NOTHING,
    ),
    Rule(
        name="kept until its end of life",
        when="409 when a version is removed before its end of life",
        statuses=(409,),
        methods=("DELETE",),
        words=("end of life",),
        then="end",
        says="Azure keeps the version until its life ends",
        next="`block_deletion` was set when it was published: turn it off on the version first",
        left="the version, as it was",
    ),
    Rule(
        name="region would be dropped",
        when="409 when a change would remove replicas",
        statuses=(409,),
        words=("replicated location",),
        then="end",
        says="somebody added a region meanwhile, and no region is ever dropped",
        next=AGAIN,
        left="the version, as it was",
    ),
    Rule(
        name="other operation going on",
        when="409 of any other kind",
        statuses=(409,),
        then="look",
        times=10,
        first=2.0,
        most=60.0,
        says="Azure is still at work on it",
        next="wait until the other operation has ended, then run the same command again",
        left=DISK,
    ),
    Rule(
        name="not allowed",
        when="403 AuthorizationFailed, LinkedAuthorizationFailed",
        statuses=(403,),
        codes=("AuthorizationFailed", "LinkedAuthorizationFailed"),
        then="end",
        says="the login may not do that",
        next="`burnish doctor --target azure` names what is missing; docs/azure.md has the roles",
        left=NOTHING,
    ),
    Rule(
        name="forbidden by a policy",
        when="403 RequestDisallowedByPolicy",
        statuses=(403,),
        codes=("RequestDisallowedByPolicy",),
        then="end",
        says="a policy of the subscription forbids it",
        next="ask who owns the policy; its name stands in the message",
        left=NOTHING,
    ),
    Rule(
        name="service error",
        when="408, 500, 502, 503, 504",
        statuses=(408, 500, 502, 503, 504),
        methods=(*READS, "PUT", "PATCH", "DELETE", "POST"),
        then="again",
        times=6,
        first=2.0,
        most=60.0,
        says="Azure has a fault of its own",
        next="wait some minutes, then run the same command again",
        left=DISK,
    ),
    Rule(
        name="bytes refused",
        when="InvalidVhd, InvalidParameter, when a version is made of the disk",
        statuses=(200, 400, 409),
        codes=("InvalidVhd", "InvalidParameter"),
        then="end",
        says="Azure does not take the disk, or a value of the request",
        next="read Azure's reason above: correct the target, or build the image again",
        left=NOTHING,
    ),
    Rule(
        name="version failed",
        when="a version that burnish made ends as Failed, or was left so by a dead run",
        statuses=(200,),
        then="delete",
        times=2,
        first=5.0,
        most=60.0,
        says="the version failed in Azure; it is removed and made again from the same disk",
        next="read Azure's reason above; if it stays so, give it to Azure's support",
        left=NOTHING,
    ),
)
ELSE = Rule(
    name="any other refusal",
    when="anything else that is not a success",
    then="end",
    says="Azure refuses",
    next="read Azure's reason above; `burnish doctor --target azure` looks at what is usual",
    left=NOTHING,
)
# What no request tells: it is seen by looking, and borne with for so long.
STALL = 3600.0
STALLED = Rule(
    name="replication stalls",
    when=f"no region of a version moves for {STALL / 60:.0f} minutes",
    then="end",
    most=STALL,
    says="nothing has moved in these regions; Azure goes on by itself",
    next="run the same command again later: it goes on waiting where it was, and sends nothing",
    left=CANDIDATE,
)
REGION = Rule(
    name="region failed",
    when="a region's copy ends as Failed",
    then="end",
    says="the copy to these regions failed; the version is whole in the others",
    next="run the same command again: it takes the version off these regions and brings it there anew",
    left="the candidate, whole in the other regions",
)
WORKS = 3600.0  # no group and no machine holds a command for longer
WORKING = Rule(
    name="resource stays at work",
    when=f"a group, a machine or a part of one is being made for {WORKS / 60:.0f} minutes",
    then="end",
    most=WORKS,
    says="Azure is still making it",
    next="look at it in the portal, then run the same command again",
    left=GROUP,
)
UNENDED = replace(
    WORKING,
    name="request does not end",
    when=f"Azure says for {WORKS / 60:.0f} minutes that it still carries out a request",
    says="Azure is still carrying out the request",
)
KILLED = Rule(
    name="killed",
    when="the process is killed, or interrupted, at any step",
    then="end",
    says="interrupted",
    next=AGAIN,
    left="the temporary disk, perhaps open; the next run goes on with it, `doctor` lists it later",
)
FOREIGN = Rule(
    name="version of others failed",
    when="the number's version is Failed, and not burnish's",
    then="pass",
    says="a failed version that burnish did not make has the number; the next free one is taken",
    next="remove it in Azure if nobody needs it",
    left="that version, as it was",
)
# Of single pages `pages.judge` decides, in the middle of an upload; they are told here as well.
PAGES = (
    Rule(
        name="page: busy or lost",
        when="408, 429, 5xx or no answer to a page",
        then="again",
        times=TRIES,
        first=1.0,
        most=30.0,
        says="the service is busy, or the connection was lost",
        next="publish again when the service can be reached: what was sent is not sent again",
        left=DISK,
    ),
    Rule(
        name="page: address has run out",
        when="401 or 403 to a page: the disk's address (SAS) is no longer valid",
        then="again",
        times=TRIES,
        says="the disk's address is refused; a new one is asked for",
        next="`burnish doctor`, then publish again",
        left=DISK,
    ),
    Rule(
        name="page: changed on the way",
        when="Md5Mismatch",
        then="again",
        times=TRIES,
        first=1.0,
        most=30.0,
        says="bytes were changed on the way; they are sent again",
        next="look at what stands between this machine and Azure",
        left=DISK,
    ),
)
TABLE = (*RULES, *PAGES, STALLED, REGION, WORKING, UNENDED, FOREIGN, KILLED, ELSE)
FAILED, QUOTA = (next(r for r in RULES if r.name == name) for name in ("version failed", "quota"))


def judge(seen: Seen) -> Rule:
    """The rule that what was seen falls under."""
    return next((rule for rule in RULES if rule.meets(seen)), ELSE)
