import WorkerPool

// What comes from Redis, from a job, or from whoever answers at a control socket must not move
// the cursor: whatever is not printable is shown as `\\x1b`. Newlines stay, and the colours that
// `Terminal` gives where there are any. In all of this program these stand for Swift's own.

/// Prints a line on standard output.
func print(_ text: String) { print(text, terminator: "\n") }

/// Prints a text on standard output.
func print(_ text: String, terminator: String) {
    Swift.print(Terminal.printable(text), terminator: terminator)
}
