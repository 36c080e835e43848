"""Writes weather.csv: made-up temperatures of one year, the same each time."""

import math
import random
from datetime import date, timedelta
from pathlib import Path

random.seed(7)
rows = ["date,celsius"]
for number in range(365):
    warmth = 10 - 11 * math.cos(2 * math.pi * (number - 20) / 365)
    rows.append(f"{date(2026, 1, 1) + timedelta(number)},{random.gauss(warmth, 3):.1f}")
Path(__file__).with_name("weather.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
