//! Tests of the contrast of colors.

use std::collections::BTreeMap;

use crate::SITE;

/// Minimum contrast of small text, from WCAG 2, level AA.
const LEAST: f64 = 4.5;

/// The colors of a part of the style, by name.
fn colors(style: &str) -> BTreeMap<&str, [u8; 3]> {
    let color = |line: &'static str| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let value = u32::from_str_radix(value.strip_suffix(';')?.get(..6)?, 16).ok()?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some((name, [red, green, blue]))
    };
    let style: &'static str = style.to_owned().leak();
    style.lines().filter_map(color).collect()
}

fn luminance(color: [u8; 3]) -> f64 {
    let [red, green, blue] = color.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

#[test]
fn text_has_enough_contrast() {
    let (light, rest) = SITE["reference.css"].split_once("@media (prefers-color-scheme: dark)").unwrap();
    let (dark, _) = rest.split_once("\n}\n").unwrap();
    for style in [light, dark] {
        let colors = colors(style);
        for behind in ["ground", "raised", "mark"] {
            for name in ["text", "quiet", "link", "warn", "get", "post", "put", "delete"] {
                let (one, other) = (luminance(colors[name]), luminance(colors[behind]));
                let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
                assert!(contrast >= LEAST, "{name} on {behind}: {contrast:.2}");
            }
        }
    }
}
