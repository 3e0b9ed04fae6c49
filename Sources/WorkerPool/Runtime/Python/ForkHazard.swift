/// Something in the application that makes forking it unsafe.
///
/// Source: `forksafety.py`.
struct ForkHazard: Equatable, Sendable {
    /// What it is, for example `threads running`.
    let what: String
    /// The module whose import has brought it; "" for unknown.
    let origin: String
    /// The names of its threads, `sleepy, unnamed (3)`; "" where it has none.
    let threads: String
    /// What an operator can do.
    let help: String

    /// Reads the four parts, separated by tabs; nil for anything else.
    ///
    /// - Parameter line: as the script writes it; the parts are made printable.
    init?(line: String) {
        let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        (what, origin) = (PrintableText.of(String(parts[0])), PrintableText.of(String(parts[1])))
        (threads, help) = (PrintableText.of(String(parts[2])), PrintableText.of(String(parts[3])))
    }

    /// `app.tasks is not safe to fork: threads running (sleepy)`.
    var summary: String {
        "\(origin.isEmpty ? "application" : origin) is not safe to fork: \(what)"
            + (threads.isEmpty ? "" : " (\(threads))")
    }
}
