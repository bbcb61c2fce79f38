"""Made-up personal data in sentences that people write. Everything comes from a seed; nobody's number is copied."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FIRST_CHECK, SECOND_CHECK = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
SERIES = {
    "national_id": (0, 0),
    "d_number": (40, 0),
    "h_number": (0, 40),
    "tenor": (0, 80),
    "nhn": (0, 65),
    "d_tenor": (40, 80),
}
KIND = {"tenor": "national_id", "nhn": "national_id", "d_tenor": "d_number"}
STREETS = [
    *(
        "Storgata",
        "Fjellveien",
        "Kong Oscars gate",
        "Øvre Korskirkeallmenningen",
        "Nygårdsgaten",
        "Kirkevegen",
        "Solheimslien",
    ),
    *(
        "Haukelandsbakken",
        "Sandviksveien",
        "Karl Johans gate",
        "Christian Michelsens gate",
        "Lyngfaret",
        "Bjørkehaugen",
    ),
    *(
        "Nattlandsveien",
        "Strandgaten",
        "Skuteviksbodene",
        "Damsgårdsveien",
        "Åsaneveien",
        "Olav Kyrres gt.",
        "Nordre Skansemyren",
    ),
    *(
        "Ulsmågvegen",
        "Torgallmenningen",
        "Kalfarlien",
        "Tjernveien",
        "Parkveien",
        "Fantoftåsen",
        "Klokkarvågen",
        "Hesthaugmyrane",
    ),
    *(
        "Lars Hilles gate",
        "Wernersholmvegen",
        "Hardangervegen",
        "Krohnengsgaten",
        "Store Lungegårdskaien",
        "Loddefjorddalen",
    ),
]
PLACES = [
    "5003 Bergen",
    "5221 Nesttun",
    "0150 Oslo",
    "5353 Straume",
    "6800 Førde",
    "9008 Tromsø",
    "5600 Norheimsund",
    "3210 Sandefjord",
]
SENTENCES = [
    "{before}{piece}",
    "Hei! {before}{piece}. Når åpner legevakten?",
    "Kan du sjekke timen min? {before}{piece}, takk",
    "hei eg lurer på noko, {before}{piece} og eg har vondt i magen",
    "{before}{piece} - kan jeg få hjelp i dag? Jeg har ringt 116117 to ganger siden 2024.",
    "Jeg har ventet i 3 uker og betalt 350 kr. {before}{piece}!",
    "Må jeg betale egenandel? ({before}{piece})",
    "{before}{piece}\nJeg har feber 39,2 og er 47 år",
]


@dataclass(frozen=True)
class Made:
    """A sentence, the piece of personal data in it, and its kind."""

    sentence: str
    piece: str
    kind: str


def birth_number(random: Random, *, series: str = "national_id", remainder: int = 0, wrong: bool = False) -> str:
    """Eleven digits with right check digits; `remainder` 1-3 as from 2032; `wrong` spoils the last digit."""
    added_day, added_month = SERIES[series]
    while True:
        day, month = random.randint(1, 28) + added_day, random.randint(1, 12) + added_month
        nine = f"{day:02}{month:02}{random.randint(0, 99):02}{random.randint(0, 999):03}"
        first = (remainder - sum(int(d) * w for d, w in zip(nine, FIRST_CHECK, strict=True))) % 11
        ten = f"{nine}{first}"
        if first == 10:
            continue
        second = -sum(int(d) * w for d, w in zip(ten, SECOND_CHECK, strict=True)) % 11
        if second < 10:
            return f"{ten}{(second + wrong * random.randint(1, 9)) % 10}"


def grouped_birth_number(random: Random, digits: str) -> str:
    date, rest = digits[:6], digits[6:]
    dotted = f"{date[:2]}.{date[2:4]}.{date[4:]}"
    shapes = [
        digits,
        f"{date} {rest}",
        f"{date}-{rest}",
        f"{date}.{rest}",
        f"{date} {rest[:3]} {rest[3:]}",
        f"{dotted} {rest}",
    ]
    shapes += [
        f"{date[:2]} {date[2:4]} {date[4:]} {rest}",
        f"{date}\u00a0{rest}",
        f"{date} - {rest}",
        f"{dotted}-{rest}",
    ]
    shapes += [
        digits.translate({48 + n: 0xFF10 + n for n in range(10)}),
        digits.translate({48 + n: 0x660 + n for n in range(10)}),
    ]
    shapes += ["\u200b".join(digits), f"{date}\u2060 {rest}", f"{date}–{rest}", f"{digits[:3]} {digits[3:6]} {rest}"]
    return random.choice(shapes)


def telephone(random: Random) -> str:
    d = random.choice("2345679") + f"{random.randint(0, 9_999_999):07}"
    if random.random() < 0.5:
        d = random.choice("49") + d[1:]
    pairs = " ".join(d[n : n + 2] for n in range(0, 8, 2))
    shapes = [
        d,
        pairs,
        f"{d[:3]} {d[3:5]} {d[5:]}",
        f"{d[:4]} {d[4:]}",
        pairs.replace(" ", "."),
        pairs.replace(" ", "-"),
    ]
    shapes += [
        pairs.replace(" ", "\u00a0"),
        f"{d[:2]} {d[2:5]} {d[5:]}",
        d.translate({48 + n: 0xFF10 + n for n in range(10)}),
    ]
    shown = random.choice(shapes)
    prefix = random.choice(["", "", "", "", "+47 ", "+47", "0047 ", "(+47) ", "47 "])
    if random.random() < 0.1:
        return random.choice(["+46 70 123 45 6", "+44 20 7946 095", "+48 601 234 56", "0049 30 12345 6"]) + str(
            random.randint(0, 9)
        )
    return prefix + shown


def account(random: Random) -> str:
    while True:
        ten = f"{random.randint(1000, 9999)}{random.randint(0, 999_999):06}"
        check = -sum(int(d) * w for d, w in zip(ten, SECOND_CHECK, strict=True)) % 11
        if check < 10:
            break
    d = f"{ten}{check}"
    bban = int(f"{d}232400")  # NO00
    iban = f"NO{98 - bban % 97:02}{d}"
    spaced = " ".join(iban[n : n + 4] for n in range(0, 15, 4))
    return random.choice(
        [d, f"{d[:4]}.{d[4:6]}.{d[6:]}", f"{d[:4]} {d[4:6]} {d[6:]}", iban, spaced, f"{d[:4]} {d[4:]}"]
    )


def card(random: Random) -> str:
    body = random.choice("45") + "".join(str(random.randint(0, 9)) for _ in range(14))
    total = sum((lambda v: v - 9 * (v > 9))(int(d) * (2 - n % 2)) for n, d in enumerate(body))
    d = f"{body}{-total % 10}"
    fours = [d[n : n + 4] for n in range(0, 16, 4)]
    return random.choice([d, " ".join(fours), "-".join(fours)])


def email(random: Random) -> str:
    name = random.choice(["ola.nordmann", "kari_h", "per-arne", "solveig92", "a.b.berg+helse", "øystein"])
    host, top = random.choice(["gmail", "online", "uib", "min-bedrift", "hotmail"]), random.choice(["no", "com", "net"])
    return random.choice(
        [
            f"{name}@{host}.{top}",
            f"{name}@post.{host}.{top}",
            f"{name} @ {host}.{top}",
            f"{name} at {host} dot {top}",
            f"{name} krøllalfa {host} punktum {top}",
            f"{name}(at){host}.{top}",
            f"{name} [at] {host} [dot] {top}",
            f"{name.upper()}@{host.upper()}.{top.upper()}",
        ]
    )


def address(random: Random) -> str:
    house = f"{random.randint(1, 240)}{random.choice(['', '', '', 'A', 'b', ' C'])}"
    place = random.choice(["", f", {random.choice(PLACES)}", f" {random.choice(PLACES)}"])
    street = random.choice(STREETS)
    return f"{street} {house}{place}"


LEADS = {
    "number": [
        "",
        "Fødselsnummeret mitt er ",
        "fnr ",
        "Personnummer: ",
        "eg er fødd ",
        "mannen min har ",
        "nummeret er ",
        "ID: ",
    ],
    "phone": [
        "",
        "Ring meg på ",
        "tlf ",
        "Telefon: ",
        "mobilen min er ",
        "nummeret mitt er ",
        "eg har ",
        "kan dere ringe ",
    ],
    "account": ["Kontonummeret mitt er ", "konto ", "betal tilbake til ", "", "Kto: "],
    "card": ["Kortet mitt er ", "", "visa ", "betalte med "],
    "email": ["", "Send svar til ", "e-post: ", "mailen min er ", "skriv til "],
    "address": [
        "Jeg bor i ",
        "Eg bur i ",
        "adressen min er ",
        "Adresse: ",
        "vi bor på ",
        "Send det til ",
        "kan dere komme til ",
    ],
}


def made(count: int, *, seed: int) -> list[Made]:
    """So many sentences: half of them identity numbers, the rest telephones, accounts, cards, e-mails and addresses."""
    random = Random(seed)
    found = []
    for place in range(count):
        if place % 2:
            series = random.choice(list(SERIES))
            digits = birth_number(
                random, series=series, remainder=random.choice([0, 0, 1, 2, 3]), wrong=random.random() < 0.1
            )
            piece, kind, lead = grouped_birth_number(random, digits), KIND.get(series, series), "number"
        else:
            kind = lead = random.choice(["phone", "phone", "account", "card", "email", "address", "address"])
            piece = {"phone": telephone, "account": account, "card": card, "email": email, "address": address}[kind](
                random
            )
        before = random.choice(LEADS[lead])
        found.append(Made(random.choice(SENTENCES).format(before=before, piece=piece), piece, kind))
    return found
