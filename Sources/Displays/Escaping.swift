/// Text made safe for XML and HTML, in element content and in quoted attributes.
///
/// Control characters that no XML document may hold, and the marks that turn the direction of
/// writing, are shown as `�`: a layer's name may have come from somebody else's file.
public func escaped(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result += " "
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{FFFE}", "\u{FFFF}":
      result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// Text made safe for a terminal: control characters, which could move the cursor or change
/// colours, are shown as `�`.
public func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar {
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}",
          "\u{2066}"..."\u{2069}":
          "\u{FFFD}"
        default: scalar
        }
      }))
}

/// The text, shortened at its end to at most so many characters.
public func shortened(_ text: String, to length: Int) -> String {
  text.count <= length ? text : String(text.prefix(max(1, length - 1))) + "…"
}
