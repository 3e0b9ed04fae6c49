import CLinux
import Glibc

/// What log lines look like and where they go.
public enum LogForm: Sendable, Equatable {
    /// One line of text to standard error: time, level, label, slot, message, fields.
    case text
    /// One JSON object a line to standard error: what `text` says, for a program to read.
    case json
    /// The lines that a user of `rq worker` knows: a clock and a sentence. Errors go to standard
    /// error, the rest to standard output, as `rq worker` does.
    case classic
    /// An entry of the systemd journal: a sentence, and every field as a journal field.
    case journal

    /// The form that suits where standard error leads.
    ///
    /// The service manager sets `JOURNAL_STREAM` to the device and inode, in decimal, of the stream
    /// that it gave the service. Only when standard error still is that stream does the journal own
    /// it; a shell started by a service inherits the variable, but its output goes elsewhere.
    ///
    /// - Parameters:
    ///   - journalStream: the value of `JOURNAL_STREAM`, or nil when it is not set.
    ///   - descriptor: the descriptor to look at, as a rule 2.
    /// - Returns: `.journal` or `.text`.
    static func suiting(journalStream: String?, descriptor: Int32) -> LogForm {
        guard let journalStream else { return .text }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .text }
        return journalStream == "\(status.st_dev):\(status.st_ino)" ? .journal : .text
    }
}
