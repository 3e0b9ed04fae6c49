/// What is wrong with a layout of log lines; what follows the key's name in a complaint.
enum LogPatternError: Error, Equatable, CustomStringConvertible {
    /// There is no such field.
    case unknownField(String)
    /// A percent sign that starts nothing that could be understood, and what follows it.
    case malformed(String)
    /// The field's value cannot be written this way.
    case wrongConversion(field: String, conversion: Character)
    /// It names no field at all.
    case noField

    var description: String {
        switch self {
        case .unknownField(let name):
            let meant = Nearest.name(to: name, among: LogField.allCases.map(\.rawValue))
            let hint = meant.map { "; did you mean %(\($0))s?" } ?? ""
            return "has the unknown field %(\(PrintableText.of(name)))\(hint)"
        case .malformed(let text):
            return "has a % that starts no field, at \(WrittenValue.quoted(text)); "
                + "a field is written %(message)s, a percent sign %%"
        case .wrongConversion(let field, let conversion):
            return "cannot write %(\(field))\(conversion); %(\(field))s works"
        case .noField:
            return "must name a field, such as %(message)s"
        }
    }
}

/// Takes a layout of log lines apart.
struct LogPatternReader {
    /// The next thing in it.
    enum Step: Equatable {
        case character(Character)
        case placeholder(LogPattern.Placeholder)
    }

    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    /// The next step; nil at the end.
    mutating func next() throws(LogPatternError) -> Step? {
        guard let first = rest.first else { return nil }
        let start = rest
        rest.removeFirst()
        guard first == "%" else { return .character(first) }
        if take("%") { return .character("%") }
        let malformed = LogPatternError.malformed(String(start.prefix(20)))
        guard take("("), let end = rest.firstIndex(of: ")") else { throw malformed }
        let name = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        guard let field = LogField(rawValue: name) else { throw .unknownField(name) }
        var placeholder = LogPattern.Placeholder(field: field)
        while let flag = rest.first, "#0- +".contains(flag) {
            placeholder.flags.append(takeFirst())
        }
        // No line of a log is wider, and no memory is spent on one that would be.
        guard let width = number() else { throw malformed }
        placeholder.width = width
        if take(".") {
            guard let precision = number() else { throw malformed }
            placeholder.precision = precision
        }
        guard let conversion = rest.first, "sradiuoxXeEfFgG".contains(conversion) else {
            throw malformed
        }
        placeholder.conversion = takeFirst()
        let isAny = "sra".contains(conversion)
        let isFitting = "oxX".contains(conversion) ? field.isWhole : !field.isText
        guard isAny || isFitting else {
            throw .wrongConversion(field: name, conversion: conversion)
        }
        return .placeholder(placeholder)
    }

    private mutating func takeFirst() -> Character { rest.removeFirst() }

    private mutating func take(_ character: Character) -> Bool {
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// Digits as a number of at most 500; 0 where there are none, nil if it is larger.
    private mutating func number() -> Int? {
        let digits = rest.prefix { ("0"..."9").contains($0) }
        rest = rest[digits.endIndex...]
        guard let number = Int(digits.isEmpty ? "0" : String(digits)), number <= 500 else {
            return nil
        }
        return number
    }
}
