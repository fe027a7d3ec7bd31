//! Texts that stores have been known to damage.

/// Text beyond the basic plane, right to left, combining, and with what SQL, LIKE and JSON treat as special.
pub const UNICODE: &str = "Ζωή & Söhne 株式会社 🏰 שלום e\u{301} 'quoted' \"double\" \\ % _ {} \u{feff}end";

/// Eighty characters, the most a group name or label key has.
pub const LONG_LABEL: &str =
    "abcdefghijklmnopqrstuvwxyz_0123456789-abcdefghijklmnopqrstuvwxyz_0123456789-abcd";
