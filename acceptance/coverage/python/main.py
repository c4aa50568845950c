"""Calls every route of the Python SDK: see coverage/README.md."""

import sys

from account import walk_account
from calls import walk_calls
from compliance import walk_compliance
from messaging import walk_messaging
from numbers_and_pools import walk_numbers
from phlo import walk_phlo
from registration import walk_registration
from rooms import walk_conferences, walk_multiparty
from walk import failed, part

for walk in (
    walk_account,
    walk_numbers,
    walk_messaging,
    walk_registration,
    walk_compliance,
    walk_calls,
    walk_conferences,
    walk_multiparty,
    walk_phlo,
):
    part(walk)
sys.exit(1 if failed else 0)
