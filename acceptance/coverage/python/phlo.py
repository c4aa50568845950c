"""A PHLO, a run of it, and the room that the run has led into."""

import re

from surroundings import PHLO, PHLO_NODE, PHONE, PHONE_2, RUN, UUID, api, matches, phlo_api
from walk import equal, eventually, given, none_listed, or_none, step

NODE = "/v1/phlo/{phlo_id}/{node_type}/{node_id}"
ROOM = f"flow{RUN}"
CREATED = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$")


def member(address):
    def look():
        found = none_listed(lambda: api.multi_party_calls.list_participants(friendly_name=ROOM))
        return next((one for one in found if one.member_address == address and one.join_time and not one.exit_time), None)

    return eventually(f"{address} in the room", look)


def walk_phlo():
    @step("GET /v1/phlo/{phlo_id}/")
    def flow():
        found = phlo_api.phlo.get(PHLO)
        equal((found.phlo_id, found.name), (PHLO, "coverage of python"))
        matches(CREATED, found.created_on)
        return found

    @step("POST /v1/account/{auth_id}/phlo/{phlo_id}")
    def _():
        made = given(flow, "PHLO").run(to=PHONE, run=RUN)
        equal((made.phlo_id, made.message), (PHLO, "1 call fired"))
        matches(UUID, made.phlo_run_id)
        member(PHONE)

    @step(f"GET {NODE}/")
    def room():
        node = given(flow, "PHLO").node("multi_party_call", PHLO_NODE)
        equal((node.node_id, node.phlo_id, node.node_type), (PHLO_NODE, PHLO, "multi_party_call"))
        matches(CREATED, node.created_on)
        return flow.multi_party_call(PHLO_NODE)

    @step(f"POST {NODE}")
    def _():
        equal(given(room, "node").call(PHONE, PHONE_2, "customer").error, "")
        equal(member(PHONE_2).role, "customer")

    @step(f"POST {NODE}/members/{{member_address}}")
    def _():
        someone = given(room, "node").member(PHONE_2)
        equal(someone.hold().error, "")
        equal(member(PHONE_2).hold, True)
        equal(someone.unhold().error, "")
        equal(member(PHONE_2).hold, False)

    or_none(lambda: api.multi_party_calls.stop(friendly_name=ROOM))
