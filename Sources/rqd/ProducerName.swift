import ArgumentParser
import WorkerPool

/// Names that a producer gives and a worker has to understand.
enum ProducerName {
    /// Refuses a function that no worker could import.
    ///
    /// Source: RQ 3.0.0, `rq/utils.py`, `import_attribute`: a module, a dot, and names in it.
    ///
    /// - Throws: `ValidationError`.
    static func checkFunction(_ name: String) throws {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let isName = { (part: Substring) in
            part.first.map { $0.isLetter || $0 == "_" } == true
                && part.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
        }
        guard parts.count > 1, parts.allSatisfy(isName) else {
            throw ValidationError(
                "FUNCTION must be a dotted name such as app.tasks.send, "
                    + "not \"\(PrintableText.of(name))\": no worker could import it")
        }
    }

    /// Refuses a queue that no pool could serve.
    ///
    /// - Throws: `ValidationError`.
    static func checkQueue(_ name: String) throws {
        // What is not UTF-8 has been replaced by this mark before we see it.
        let isReadable = !name.unicodeScalars.contains("\u{FFFD}")
        guard isReadable, QueueRule.accepts(name) else {
            throw ValidationError(
                "--queue takes \(QueueRule.expected), "
                    + "not \"\(PrintableText.of(name))\": no pool could serve it")
        }
    }
}
