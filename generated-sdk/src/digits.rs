//! Numbers as text, without the machinery of `fmt`: documents are full of them.

/// A short text of ASCII, on the stack.
pub(crate) struct Digits {
    bytes: [u8; 40],
    length: usize,
}

impl Digits {
    pub(crate) fn new() -> Self {
        Self { bytes: [0; 40], length: 0 }
    }

    /// A whole number.
    pub(crate) fn of(value: i64) -> Self {
        let mut digits = Self::new();
        if value < 0 {
            digits.push(b'-');
        }
        let value = value.unsigned_abs();
        digits.padded(value, value.checked_ilog10().map_or(1, |log| log as usize + 1));
        digits
    }

    pub(crate) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// The last so many digits of a number, with zeros in front.
    pub(crate) fn padded(&mut self, value: u64, width: usize) {
        let mut rest = value;
        let end = self.length + width;
        if let Some(places) = self.bytes.get_mut(self.length..end) {
            for place in places.iter_mut().rev() {
                *place = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            self.length = end;
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes.get(..self.length).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_written_as_fmt_does() {
        let mut values = vec![0, 1, 9, 10, 11, 99, 100, i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1];
        values.extend((0..63).flat_map(|bit| [1 << bit, (1 << bit) - 1, -(1 << bit)]));
        values.extend((0..19).flat_map(|power| [10_i64.pow(power), 10_i64.pow(power) - 1, -(10_i64.pow(power))]));
        for value in values {
            assert_eq!(Digits::of(value).as_str(), value.to_string());
        }
    }

    #[test]
    fn numbers_are_padded_and_what_has_no_room_is_left_out() {
        let mut digits = Digits::new();
        digits.padded(7, 4);
        digits.push(b'-');
        digits.padded(1234, 2);
        assert_eq!(digits.as_str(), "0007-34");
        digits.padded(0, 100);
        assert_eq!(digits.as_str(), "0007-34");
    }
}
