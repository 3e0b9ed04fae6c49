import Glibc
import WorkerPool

/// Lines for the person at the terminal, on standard error.
enum Complaint {
    /// Prints a line, or several; what is not printable is shown as `\\x1b`.
    static func say(_ line: String) {
        let bytes = Array((PrintableText.of(line, keepingNewlines: true) + "\n").utf8)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
