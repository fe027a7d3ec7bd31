//! The data section.

/// How deep maps may hold maps, pointers included.
const DEPTH: usize = 16;

/// A value, as far as anybody asks about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(u64),
    Map(Vec<(String, Value)>),
    Other,
}

impl Value {
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => members.iter().find(|(name, _)| name == key).map(|(_, value)| value),
            Self::Text(_) | Self::Number(_) | Self::Other => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Map(_) | Self::Other => None,
        }
    }

    pub(crate) fn number(&self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Map(_) | Self::Other => None,
        }
    }
}

/// Reads the value at `offset` of a data section; `None` for what is broken.
pub(crate) fn decode(section: &[u8], offset: usize) -> Option<Value> {
    let mut reader = Reader { section, at: offset, left: section.len() };
    reader.value(DEPTH)
}

struct Reader<'a> {
    section: &'a [u8],
    at: usize,
    /// How many values may still be read: a file cannot hold more than it has bytes.
    left: usize,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.left = self.left.checked_sub(1)?;
        let control = self.number(1)?;
        match (control >> 5, control & 31) {
            (1, size) => self.pointer(size, depth),
            (0, size) => {
                let extended = self.number(1)?;
                let size = self.size(size)?;
                match extended {
                    // Lists and booleans; a boolean's size is its value.
                    4 => self.list(size, depth),
                    7 => Some(Value::Other),
                    2 => self.unsigned(size),
                    _ => self.skip(size),
                }
            }
            (2, size) => {
                let size = self.size(size)?;
                let text = std::str::from_utf8(self.take(size)?).ok()?;
                Some(Value::Text(text.to_owned()))
            }
            (5 | 6, size) => {
                let size = self.size(size)?;
                self.unsigned(size)
            }
            (7, size) => {
                let size = self.size(size)?;
                self.map(size, depth)
            }
            (_, size) => {
                let size = self.size(size)?;
                self.skip(size)
            }
        }
    }

    fn map(&mut self, size: usize, depth: usize) -> Option<Value> {
        let mut members = Vec::new();
        for _ in 0..size {
            let Value::Text(key) = self.value(depth)? else { return None };
            members.push((key, self.value(depth)?));
        }
        Some(Value::Map(members))
    }

    fn list(&mut self, size: usize, depth: usize) -> Option<Value> {
        for _ in 0..size {
            self.value(depth)?;
        }
        Some(Value::Other)
    }

    fn pointer(&mut self, bits: u64, depth: usize) -> Option<Value> {
        let high = bits & 7;
        let target = match bits >> 3 {
            0 => (high << 8) + self.number(1)?,
            1 => (high << 16) + self.number(2)? + 2_048,
            2 => (high << 24) + self.number(3)? + 526_336,
            _ => self.number(4)?,
        };
        let back = self.at;
        self.at = usize::try_from(target).ok()?;
        let value = self.value(depth)?;
        self.at = back;
        Some(value)
    }

    fn size(&mut self, short: u64) -> Option<usize> {
        let size = match short {
            29 => self.number(1)? + 29,
            30 => self.number(2)? + 285,
            31 => self.number(3)? + 65_821,
            short => short,
        };
        usize::try_from(size).ok()
    }

    fn unsigned(&mut self, size: usize) -> Option<Value> {
        if size > 8 { self.skip(size) } else { self.number(size).map(Value::Number) }
    }

    fn skip(&mut self, size: usize) -> Option<Value> {
        self.take(size).map(|_| Value::Other)
    }

    fn number(&mut self, size: usize) -> Option<u64> {
        Some(self.take(size)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn take(&mut self, size: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(size)?;
        let taken = self.section.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }
}
