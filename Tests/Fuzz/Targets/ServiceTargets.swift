import FoundationEssentials
import RedisKit

@testable import WorkerPool

/// What operators and their programs write.
extension FuzzTarget {
    private static func load(_ bytes: [UInt8]) throws(ConfigurationError) -> LoadedConfiguration {
        let machine = Surroundings(cores: 4, isRoot: true) { _ in true }
        let file = ConfigurationFile(path: "/etc/rqd.conf", bytes: bytes)
        return try ConfigurationLoader.merge(
            ConfigurationReading(files: [file]), environment: [:], overrides: [],
            surroundings: machine)
    }

    static func takeConfiguration(_ bytes: [UInt8]) {
        do throws(ConfigurationError) {
            let loaded = try load(bytes)
            let shown = loaded.render()
            // What is hidden is not read again.
            guard !shown.contains("***") else { return }
            let again = try? load(Array(shown.utf8))
            holds(again?.configuration == loaded.configuration, "what is shown means the same")
        } catch {
            holds(!error.complaints.isEmpty, "what is refused is refused with a reason")
            for complaint in error.complaints {
                holds(!complaint.description.contains("\n"), "a complaint is one line")
            }
        }
    }

    static func takeControl(_ bytes: [UInt8]) {
        _ = try? ControlMessage.command(in: bytes)
        let decoder = JSONDecoder()
        _ = try? decoder.decode(ControlMessage.Reply.self, from: Data(bytes))
        guard let order = try? decoder.decode(WorkerOrder.self, from: Data(bytes)),
            let written = try? JSONEncoder().encode(order)
        else { return }
        holds(
            (try? decoder.decode(WorkerOrder.self, from: written)) == order,
            "an order is read as it is written")
    }

    static func takeSettings(_ bytes: [UInt8]) {
        guard let module = try? SettingsModule(name: "settings", answer: bytes, ending: 0) else {
            return
        }
        let python = PythonConfiguration()
        if let text = try? module.configuration(python: python, directory: "/srv") {
            _ = try? load(Array(text.utf8))
        }
    }

    /// The text follows a scheme and a password, which nothing may repeat.
    static func takeURL(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let secret = "S3CR3T"
        guard !text.contains(secret) else { return }
        for scheme in ["redis", "rediss", "unix", "sentinel"] {
            for url in ["\(scheme)://\(text)", "\(scheme)://user:\(secret)@\(text)"] {
                do throws(EndpointError) {
                    let endpoint = try Endpoint(url: url)
                    holds(!endpoint.description.contains(secret), "a description has no password")
                    holds(!"\(endpoint)".contains(secret), "nor has what is printed")
                } catch {
                    holds(!"\(error)".contains(secret), "an error has no password")
                }
                if let complaint = RedisURL.complaint(about: url) {
                    holds(!complaint.contains(secret), "a complaint has no password")
                }
            }
        }
        _ = try? Endpoint(url: text)
    }
}
