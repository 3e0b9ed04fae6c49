import TestSupport

/// The commands of an example's README, and what it says that each prints.
///
/// In a block marked `console`, a line that begins with `$ ` is a command and what follows is its
/// output, in which `…` stands for anything. A command after the words "In a terminal of its own"
/// or "In another" goes on running; it has to print the line that follows it.
struct Walkthrough {
    /// One command.
    struct Step {
        let command: String
        let expected: String
        let goesOn: Bool
    }

    let steps: [Step]

    /// Reads a section of a README.
    ///
    /// - Parameters:
    ///   - readme: the whole text.
    ///   - section: the heading, without `## `.
    init(_ readme: String, section: String) {
        var steps: [Step] = []
        var command: String?
        var output: [Substring] = []
        var isInSection = false
        var isInBlock = false
        var paragraph: Substring = ""
        func end() {
            guard let text = command else { return }
            let goesOn =
                paragraph.hasPrefix("In a terminal of its own") || paragraph.hasPrefix("In another")
            steps.append(
                Step(command: text, expected: output.joined(separator: "\n"), goesOn: goesOn))
            (command, output) = (nil, [])
        }
        for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("## ") { isInSection = line == "## \(section)" }
            guard isInSection else { continue }
            if line.hasPrefix("```") {
                end()
                isInBlock = line == "```console"
            } else if !isInBlock {
                if !line.isEmpty { paragraph = line }
            } else if line.hasPrefix("$ ") {
                end()
                command = String(line.dropFirst(2))
            } else {
                output.append(line)
            }
        }
        self.steps = steps
    }

    /// Whether a text is what was expected: its parts in their order, with anything between them.
    static func matches(_ text: String, _ expected: String) -> Bool {
        let parts = expected.split(separator: "…", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else {
            return text == expected
        }
        guard text.hasPrefix(first) else { return false }
        var rest = text.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.hasSuffix(last)
    }
}
