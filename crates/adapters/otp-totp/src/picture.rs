//! The picture that cameras take a link from (ISO/IEC 18004).

use data_encoding::BASE64;
use png::{BitDepth, ColorType, Encoder};
use qrcode::{Color, EcLevel, QrCode};
use zeroize::Zeroizing;

/// Pixels from edge to edge.
const SIDE: u16 = 300;
/// Modules that stay white on every side.
const QUIET: usize = 4;
const DARK: u8 = 0;
const LIGHT: u8 = 255;

/// A QR code as a PNG image in base64; `None` if the text is too long for one.
pub(crate) fn picture(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut image = Zeroizing::new(Vec::new());
    let mut encoder = Encoder::new(&mut *image, SIDE.into(), SIDE.into());
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels(&code)).ok()?;
    writer.finish().ok()?;
    Some(BASE64.encode(&image))
}

/// Row by row. The modules are as large as fits, and stand in the middle.
fn pixels(code: &QrCode) -> Zeroizing<Vec<u8>> {
    let (side, width, modules) = (usize::from(SIDE), code.width(), code.to_colors());
    let scale = side / (width + 2 * QUIET);
    let margin = (side - scale * width) / 2;
    let module = |pixel: usize| Some(pixel.checked_sub(margin)? / scale).filter(|module| *module < width);
    let is_dark = |x: usize, y: usize| {
        let place = module(x).zip(module(y)).map(|(column, row)| row * width + column);
        place.and_then(|place| modules.get(place)) == Some(&Color::Dark)
    };
    let pixel = |at: usize| if is_dark(at % side, at / side) { DARK } else { LIGHT };
    Zeroizing::new((0..side * side).map(pixel).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "otpauth://totp/Barong:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=6\
                        &issuer=Barong&algorithm=SHA1&period=30";

    /// What is seen in the image: its sides and its pixels.
    fn seen(text: &str) -> (u32, u32, Vec<u8>) {
        let image = BASE64.decode(picture(text).unwrap().as_bytes()).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(image)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info.width, info.height, pixels)
    }

    #[test]
    fn shows_every_module_in_the_middle_of_300_pixels() {
        let code = QrCode::with_error_correction_level(LINK, EcLevel::M).unwrap();
        let (width, height, pixels) = seen(LINK);
        assert_eq!((width, height), (300, 300));
        let scale = 300 / (code.width() + 8);
        let margin = (300 - scale * code.width()) / 2;
        assert!(scale > 1 && margin >= 4 * scale, "cameras need light around it");
        for (place, color) in code.to_colors().into_iter().enumerate() {
            let corner = |module: usize| margin + module * scale;
            let (x, y) = (corner(place % code.width()), corner(place / code.width()));
            for (x, y) in [(x, y), (x + scale - 1, y + scale - 1)] {
                assert_eq!(pixels[y * 300 + x] == DARK, color == Color::Dark, "{x}, {y}");
            }
        }
        assert!(pixels[..300 * margin].iter().all(|pixel| *pixel == LIGHT));
    }

    #[test]
    fn is_as_large_for_every_length_and_absent_for_too_long_a_text() {
        for length in [1, 500, 2_331] {
            let (width, height, pixels) = seen(&"x".repeat(length));
            assert_eq!((width, height), (300, 300), "{length}");
            assert!(pixels.contains(&DARK), "{length}");
        }
        assert_eq!(picture(&"x".repeat(2_332)), None);
    }
}
