import Glibc
import WorkerPool

/// What standard output is.
enum Terminal {
    /// A colour, or none where nobody would see it.
    enum Colour: String, CaseIterable {
        case red = "\u{1b}[31m"
        case green = "\u{1b}[32m"
        case yellow = "\u{1b}[33m"
        case blue = "\u{1b}[34m"
    }

    /// Whether a person reads it.
    static let isInteractive = isatty(1) == 1

    /// Whether colours are wanted: `NO_COLOR` refuses them, and a dumb terminal has none.
    private static let hasColours: Bool = {
        let variables = Environment.variables()
        return isInteractive && variables["TERM"] != "dumb"
            && (variables["NO_COLOR"] ?? "").isEmpty
    }()

    /// How many columns it has: `COLUMNS`, else what the terminal says, else 80.
    static var columns: Int {
        if let text = Environment.variables()["COLUMNS"], let number = Int(text), number > 0 {
            return number
        }
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Text in a colour.
    static func text(_ text: String, _ colour: Colour) -> String {
        hasColours ? colour.rawValue + text + plain : text
    }

    private static let plain = "\u{1b}[0m"

    /// A text in which nothing steers a terminal but colours, where it has any.
    static func printable(_ text: String) -> String {
        let own = (Colour.allCases.map(\.rawValue) + [plain]).map { $0.dropFirst() }
        let parts = text.split(separator: "\u{1b}", omittingEmptySubsequences: false)
        return parts.enumerated().map { index, part in
            let shown = PrintableText.of(String(part), keepingNewlines: true)
            guard index > 0 else { return shown }
            return (hasColours && own.contains { part.hasPrefix($0) } ? "\u{1b}" : "\\x1b") + shown
        }.joined()
    }

    /// Makes the screen empty.
    static func clear() {
        if isInteractive { Swift.print("\u{1b}[2J\u{1b}[1;1H", terminator: "") }
    }
}
