#!/usr/bin/env python3
"""Portfolios for scripts that load nodes: vehicles with right check digits, and the map to import them.

    python3 scripts/portfolio.py ROWS REGISTRAR APPRAISER BOOK MAP    writes the two files
"""
import json
import sys

VALUES = dict(zip("0123456789", range(10)))
VALUES.update(zip("ABCDEFGH", range(1, 9)))
VALUES.update(J=1, K=2, L=3, M=4, N=5, P=7, R=9, S=2, T=3, U=4, V=5, W=6, X=7, Y=8, Z=9)
WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]


def vin(number):
    """The vehicle of a number below 10,000,000."""
    text = "LC0CE4CB0T%07d" % number
    check = sum(VALUES[c] * w for c, w in zip(text, WEIGHTS)) % 11
    return text[:8] + ("X" if check == 10 else str(check)) + text[9:]


def write_book(path, numbers):
    with open(path, "w") as file:
        print("vin,make,model,year,value", file=file)
        for number in numbers:
            print("%s,BYD,Han EV,2025,%d" % (vin(number), 90000 + number % 1000), file=file)


def write_map(path, registrar, appraiser):
    """Each row is registered by one member and valued by another."""
    fields = {"vin": {"column": "vin"}}
    with open(path, "w") as file:
        json.dump({
            "format": "hypothec/import-map/1",
            "operations": [
                {"operation": "vehicle.register", "by": registrar,
                 "fields": {**fields, "make": {"column": "make"}, "model": {"column": "model"},
                            "modelYear": {"column": "year"}}},
                {"operation": "valuation.record", "by": appraiser,
                 "fields": {**fields, "id": {"template": "v-{row}"},
                            "method": {"constant": "market"}, "basis": {"constant": "retail"},
                            "value": {"column": "value", "currency": "CNY"},
                            "asOf": {"constant": "2026-01-02T03:04:05Z"}}}]}, file)


if __name__ == "__main__":
    if len(sys.argv) != 6:
        raise SystemExit(__doc__)
    write_book(sys.argv[4], range(int(sys.argv[1])))
    write_map(sys.argv[5], sys.argv[2], sys.argv[3])
