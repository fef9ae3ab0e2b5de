//! Formatting dates without `fmt`, because large documents contain many dates.

/// A short ASCII text on the stack.
pub(crate) struct Digits {
    bytes: [u8; 40],
    length: usize,
}

impl Digits {
    pub(super) fn new() -> Self {
        Self { bytes: [0; 40], length: 0 }
    }

    pub(super) fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    /// Appends the last digits of a number, padded with zeros.
    pub(super) fn padded(&mut self, value: u64, width: usize) {
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
