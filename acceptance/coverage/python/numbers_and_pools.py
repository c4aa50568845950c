"""Numbers: search, purchase, those of one's own; Powerpacks and their pools."""

import re

from surroundings import (
    AUTH_ID,
    CARRIER,
    NUMBER,
    NUMBER_2,
    OWN_NUMBER,
    PHONE,
    RUN,
    SHORT_CODE,
    TOLL_FREE_2,
    UUID,
    api,
    matches,
    operator,
)
from walk import A, equal, eventually, given, gone, or_none, step

POOL = f"{A}/NumberPool/{{number_pool_uuid}}"


def walk_numbers():
    @step(f"GET {A}/PhoneNumber/")
    def offered():
        found = api.numbers.search(country_iso="US", type="local", pattern="415")
        first = found.objects[0]
        equal((first.country, first.type, first.sms_enabled, first.voice_enabled), ("UNITED STATES", "fixed", True, True))
        matches(re.compile(r"^1415\d{7}$"), first.number)
        return [one.number for one in found]

    bought, pooled = offered[:2] if offered else (None, None)

    @step(f"POST {A}/PhoneNumber/{{number}}/")
    def _():
        made = api.numbers.buy(given(bought, "number for sale"))
        equal((made.status, made.numbers[0]["number"], made.numbers[0]["status"]), ("fulfilled", bought, "Success"))

    @step(f"GET {A}/Number/{{number}}/")
    def _():
        one = api.numbers.get(given(bought, "number"))
        equal((one.number, one.number_type, one.sms_enabled, one.voice_enabled), (bought, "local", True, True))
        equal(one.resource_uri, f"/v1/Account/{AUTH_ID}/Number/{bought}/")

    @step(f"POST {A}/Number/{{number}}/")
    def _():
        equal(api.numbers.update(given(bought, "number"), alias=f"python {RUN}").message, "changed")

    @step(f"GET {A}/Number/")
    def _():
        found = api.numbers.list(alias=f"python {RUN}", limit=5)
        equal([one.number for one in found], [given(bought, "number")])
        equal(found.meta.total_count, 1)

    @step(f"DELETE {A}/Number/{{number}}/")
    def _():
        api.numbers.delete(given(bought, "number"))
        gone(lambda: api.numbers.get(bought))

    @step(f"POST {A}/Number/")
    def _():
        equal(api.numbers.create(numbers=OWN_NUMBER, carrier=CARRIER, region="California").message, "changed")
        equal(api.numbers.get(OWN_NUMBER).carrier, "coverage")
        api.numbers.delete(OWN_NUMBER)

    walk_powerpacks(pooled)


def walk_powerpacks(for_sale):
    @step(f"POST {A}/Powerpack/")
    def uuid():
        made = api.powerpacks.create(name=f"python {RUN}", sticky_sender=True, local_connect=False)
        equal((made.name, made.sticky_sender, made.local_connect), (f"python {RUN}", True, False))
        matches(re.compile(rf"^/v1/Account/{AUTH_ID}/NumberPool/[0-9a-f-]{{36}}/$"), made.number_pool)
        return matches(UUID, made.uuid)

    @step(f"GET {A}/Powerpack/{{powerpack_uuid}}/")
    def pack():
        found = api.powerpacks.get(given(uuid, "Powerpack"))
        equal((found.name, found.uuid), (f"python {RUN}", uuid))
        return found

    @step(f"GET {A}/Powerpack/")
    def _():
        found = api.powerpacks.list(limit=20, offset=0)
        assert uuid in [one["uuid"] for one in found.objects]
        equal(type(found.meta["total_count"]), int)

    @step(f"POST {A}/Powerpack/{{powerpack_uuid}}/")
    def _():
        priority = {"priority1": "longcode", "priority2": "tollfree", "priority3": "shortcode"}
        wanted = [{"service_type": "SMS", "country_iso": "US", "priority": priority}]
        changed = given(pack, "Powerpack").update({"name": f"renamed {RUN}", "number_priority": wanted})
        equal((changed.name, changed.number_priority[0]["priority"]["priority1"]), (f"renamed {RUN}", "longcode"))

    if pack is not None:
        walk_pool(pack, for_sale)

    @step(f"DELETE {A}/Powerpack/{{powerpack_uuid}}/")
    def _():
        equal(given(pack, "Powerpack").delete().response, "success")
        gone(lambda: api.powerpacks.get(uuid))


def walk_pool(pack, for_sale):
    @step(f"POST {POOL}/Number/{{number}}/")
    def _():
        added = pack.add_number(NUMBER, service="mms")
        equal((added.number, added.service, added.country_iso2, added.type), (NUMBER, "mms", "US", "fixed"))
        equal(pack.add_number(NUMBER_2).service, "sms")
        equal(pack.buy_add_number(number=given(for_sale, "number for sale")).number, for_sale)

    @step(f"GET {POOL}/Number/")
    def _():
        found = pack.list_numbers(limit=2, type="fixed", country_iso2="US", starts_with="415")
        equal((len(found.objects), found.meta["total_count"]), (2, 3))
        equal(pack.count_numbers(service="mms"), 1)

    @step(f"GET {POOL}/Number/{{number}}/")
    def _():
        found = pack.find_number(NUMBER)
        equal(found.account_phone_number_resource, f"/v1/Account/{AUTH_ID}/Number/{NUMBER}/")

    @step(f"POST {POOL}/Tollfree/{{tollfree}}/")
    def _():
        added = pack.add_tollfree(TOLL_FREE_2)
        equal((added.number, added.type), (TOLL_FREE_2, "tollfree"))

    @step(f"GET {POOL}/Tollfree/")
    def _():
        found = pack.list_tollfree(limit=5)
        equal((found.objects[0]["number"], found.meta["total_count"]), (TOLL_FREE_2, 1))

    @step(f"GET {POOL}/Tollfree/{{tollfree}}/")
    def _():
        equal(pack.find_tollfree(TOLL_FREE_2).number, TOLL_FREE_2)

    walk_short_codes(pack)
    # The pool does what it is there for.
    sent = api.messages.create(powerpack_uuid=pack.uuid, dst=PHONE, text=f"Pool {RUN}")
    message = eventually("message", lambda: or_none(lambda: api.messages.get(sent.message_uuid[0])))
    equal(message.powerpack_id, pack.uuid)

    @step(f"DELETE {POOL}/Tollfree/{{tollfree}}/")
    def _():
        equal(pack.remove_tollfree(TOLL_FREE_2).response, "success")
        gone(lambda: pack.find_tollfree(TOLL_FREE_2))

    @step(f"DELETE {POOL}/Number/{{number}}/")
    def _():
        equal(pack.remove_number(given(for_sale, "number"), unrent=True).response, "success")
        gone(lambda: api.numbers.get(for_sale))
        pack.remove_number(NUMBER)
        pack.remove_number(NUMBER_2)
        equal(api.numbers.get(NUMBER).number, NUMBER)


def walk_short_codes(pack):
    pool = pack.number_pool.split("/")[5]
    operator(f"number-pools/{pool}/shortcodes", {"shortcode": SHORT_CODE})

    @step(f"GET {POOL}/Shortcode/")
    def _():
        found = pack.list_shortcodes(limit=5)
        equal((found.objects[0]["shortcode"], found.meta["total_count"]), (SHORT_CODE, 1))

    @step(f"GET {POOL}/Shortcode/{{shortcode}}/")
    def _():
        found = pack.find_shortcode(SHORT_CODE)
        equal((found.shortcode, found.country_iso2, found.number_pool_uuid), (SHORT_CODE, "US", pool))

    @step(f"DELETE {POOL}/Shortcode/{{shortcode}}/")
    def _():
        equal(pack.remove_shortcode(SHORT_CODE).response, "success")
        gone(lambda: pack.find_shortcode(SHORT_CODE))
