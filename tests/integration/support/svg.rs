//! A screen of a chat as a picture: the bubble with its text, and its buttons.

use super::screen::Screen;
use std::fmt::Write;
use telegram_sandbox::Action;

const WIDTH: f64 = 440.0;
const MARGIN: f64 = 16.0;
const LINE: f64 = 23.0;
const BUTTON: f64 = 36.0;
const GAP: f64 = 4.0;

/// About how wide a character is at 15 pixels: enough to break lines and to cut labels.
fn width(c: char) -> f64 {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{fe0f}' | '\u{64b}'..='\u{652}' => 0.0,
        ' ' | '.' | ',' | ':' | 'i' | 'l' | '|' | '\'' => 4.5,
        'ا' | 'إ' | 'أ' | 'آ' | '،' => 5.0,
        '\u{600}'..='\u{6ff}' => 8.0,
        '\u{2300}'.. => 18.0,
        _ => 8.2,
    }
}

fn length(text: &str) -> f64 {
    text.chars().map(width).sum()
}

/// Lines that fit.
fn lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && length(&line) + length(word) > WIDTH - 4.0 * MARGIN {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            // An address may be longer than a line: it is broken anywhere.
            for c in word.chars() {
                if length(&line) + width(c) > WIDTH - 4.0 * MARGIN {
                    lines.push(std::mem::take(&mut line));
                }
                line.push(c);
            }
        }
        lines.push(line);
    }
    lines
}

/// A label as far as it fits.
fn cut(label: &str, room: f64) -> String {
    let mut out = String::new();
    for c in label.chars() {
        if length(&out) + width(c) > room {
            return format!("{}…", out.trim_end());
        }
        out.push(c);
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The picture. `from_right` is for languages that are written so.
pub fn svg(screen: &Screen, from_right: bool) -> String {
    let (text, rows) = (lines(&screen.text), &screen.rows);
    let bubble = text.len() as f64 * LINE + 2.0 * GAP + MARGIN;
    let height = bubble + rows.len() as f64 * (BUTTON + GAP) + 2.0 * MARGIN;
    let direction = if from_right { "rtl" } else { "ltr" };
    let inner = WIDTH - 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" font-size=\"15\" \
         font-family=\"'Noto Sans Arabic', 'Segoe UI', system-ui, sans-serif\" direction=\"{direction}\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" rx=\"12\" fill=\"#cfdcea\"/>\n\
         <rect x=\"{MARGIN}\" y=\"{MARGIN}\" width=\"{inner}\" height=\"{bubble}\" rx=\"10\" fill=\"#fff\"/>\n"
    );
    let x = if from_right { WIDTH - 2.0 * MARGIN } else { 2.0 * MARGIN };
    for (n, line) in text.iter().enumerate() {
        let y = MARGIN + GAP + (n as f64 + 1.0) * LINE;
        writeln!(out, "<text x=\"{x}\" y=\"{y}\" fill=\"#111\">{}</text>", escaped(line)).unwrap();
    }
    for (n, row) in rows.iter().enumerate() {
        let y = MARGIN + bubble + GAP + n as f64 * (BUTTON + GAP);
        let wide = (inner - GAP * (row.len() as f64 - 1.0)) / row.len() as f64;
        for (n, button) in row.iter().enumerate() {
            let x = MARGIN + n as f64 * (wide + GAP);
            let (middle, base) = (x + wide / 2.0, y + 23.5);
            let mark = if matches!(button.action, Action::Url(_)) { " ↗" } else { "" };
            let label = escaped(&cut(&button.label, wide - 12.0));
            writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{wide:.1}\" height=\"{BUTTON}\" rx=\"8\" fill=\"#5b7ea3\"/>\
                 <text x=\"{middle:.1}\" y=\"{base}\" fill=\"#fff\" text-anchor=\"middle\">{label}{mark}</text>"
            )
            .unwrap();
        }
    }
    out.push_str("</svg>\n");
    out
}
