// Where ticks stand, and how their values are written.

const SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** Round values from 0 to a length, at most so many steps. */
export function niceTicks(length, most) {
  return between(0, length, most);
}

/** Round values between two ends, about `most` of them. */
export function between(low, high, most) {
  const rough = (high - low) / most;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((share) => share * decade).find((size) => size >= rough * 0.999);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Powers of ten between two ends, thinned out to about `most`; over less than two decades also 2 and 5 of each. */
export function decades(low, high, most) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (Math.log10(high / low) < 2.5) {
    const ticks = [];
    for (let e = first - 1; e <= last; e += 1) ticks.push(10 ** e, 2 * 10 ** e, 5 * 10 ** e);
    return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  }
  const step = Math.max(1, Math.ceil((last - first) / most));
  const ticks = [];
  for (let e = first; e <= last; e += step) ticks.push(10 ** e);
  return ticks;
}

/** A value as an axis writes it. */
export function tickText(value) {
  const exponent = Math.round(Math.log10(Math.abs(value)));
  if (value === 0 || (exponent >= -2 && exponent <= 2)) return String(Number(value.toPrecision(3)));
  const mantissa = value / 10 ** exponent;
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `${Math.abs(mantissa - 1) < 1e-6 ? "" : `${mantissa.toPrecision(1)}\u00b7`}10${exponent < 0 ? "\u207b" : ""}${digits}`;
}
