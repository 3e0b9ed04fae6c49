// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode, warnings are errors.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "rqd",
    products: [
        .executable(name: "rqd", targets: ["rqd"]),
        .library(name: "RQ", targets: ["RQ"]),
        .library(name: "RedisKit", targets: ["RedisKit"]),
        // For Fuzzers alone.
        .library(name: "WorkerPool", targets: ["WorkerPool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        // The program: command line, wiring, exit status.
        .executableTarget(
            name: "rqd",
            dependencies: [
                "WorkerPool", "RQ", "RedisKit", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        // Processes: configuration, master, worker, runtimes.
        .target(
            name: "WorkerPool",
            dependencies: [
                "RQ", "RedisKit", "CSystemd", "CLinux", "CToml",
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [
                .embedInCode("Check/check.py"),
                .embedInCode("Runtime/Python/interpreter.py"),
                .embedInCode("Runtime/Python/failure.py"),
                .embedInCode("Runtime/Python/loading.py"),
                .embedInCode("Settings/settings.py"),
                .embedInCode("Settings/read.py"),
                .embedInCode("Runtime/Python/connection.py"),
                .embedInCode("Runtime/Python/horse.py"),
                .embedInCode("Runtime/Python/frames.py"),
                .embedInCode("Runtime/Python/hooks.py"),
                .embedInCode("Runtime/Python/loggers.py"),
                .embedInCode("Runtime/Python/threads.py"),
                .embedInCode("Runtime/Python/forksafety.py"),
                .embedInCode("Runtime/Python/errand.py"),
                .embedInCode("Runtime/Python/recording.py"),
                .embedInCode("Runtime/Python/stacks.py"),
                .embedInCode("Runtime/Python/leftovers.py"),
                .embedInCode("Runtime/Python/slotstable.py"),
                .embedInCode("Runtime/Python/spares.py"),
                .embedInCode("Runtime/Python/pages.py"),
                .embedInCode("Runtime/Python/stable.py"),
                .embedInCode("Runtime/Hosted/spawning.py"),
                .embedInCode("Runtime/Hosted/making.py"),
                .embedInCode("Runtime/Hosted/hosted.py"),
            ],
            swiftSettings: strict),
        // RQ as it lies in Redis.
        .target(
            name: "RQ",
            dependencies: ["RedisKit", "CZlib", "CLinux"],
            resources: [
                .embedInCode("Scripts/journal.lua"),
                .embedInCode("Scripts/basics.lua"),
                .embedInCode("Scripts/writes.lua"),
                .embedInCode("Scripts/endings.lua"),
                .embedInCode("Scripts/common.lua"),
                .embedInCode("Scripts/claim.lua"),
                .embedInCode("Scripts/outcome.lua"),
                .embedInCode("Scripts/handback.lua"),
                .embedInCode("Scripts/birth.lua"),
                .embedInCode("Scripts/heartbeat.lua"),
                .embedInCode("Scripts/death.lua"),
                .embedInCode("Scripts/inherit.lua"),
                .embedInCode("Scripts/resume.lua"),
                .embedInCode("Scripts/bounds.lua"),
                .embedInCode("Scripts/runs.lua"),
                .embedInCode("Client/Scripts/client.lua"),
                .embedInCode("Client/Scripts/enqueue.lua"),
                .embedInCode("Client/Scripts/cancel.lua"),
                .embedInCode("Client/Scripts/requeue.lua"),
                .embedInCode("Client/Scripts/delete.lua"),
                .embedInCode("Client/Scripts/empty.lua"),
                .embedInCode("Client/Scripts/save_meta.lua"),
                .embedInCode("Scripts/Maintenance/shared.lua"),
                .embedInCode("Scripts/Maintenance/schedule.lua"),
                .embedInCode("Scripts/Maintenance/beat.lua"),
                .embedInCode("Scripts/Maintenance/latesaves.lua"),
                .embedInCode("Scripts/Maintenance/lock.lua"),
                .embedInCode("Scripts/Maintenance/release.lua"),
                .embedInCode("Scripts/Maintenance/expired.lua"),
                .embedInCode("Scripts/Maintenance/abandoned.lua"),
                .embedInCode("Scripts/Maintenance/reclaim.lua"),
                .embedInCode("Scripts/Maintenance/unstick.lua"),
                .embedInCode("Scripts/Maintenance/ready.lua"),
                .embedInCode("Scripts/Maintenance/deferred.lua"),
                .embedInCode("Scripts/Maintenance/workers.lua"),
                .embedInCode("Scripts/Maintenance/group.lua"),
                .embedInCode("Scripts/Maintenance/limit.lua"),
                .embedInCode("Scripts/Maintenance/scan.lua"),
                .embedInCode("Scripts/Maintenance/putback.lua"),
                .embedInCode("Scripts/Maintenance/claimed.lua"),
                .embedInCode("Scripts/Maintenance/cron.lua"),
                .embedInCode("Scripts/Maintenance/cronbeat.lua"),
            ],
            swiftSettings: strict),
        // A Redis client over hiredis's parser; knows nothing of RQ.
        .target(
            name: "RedisKit",
            dependencies: ["CHiredis", "COpenSSL", "CLinux"],
            swiftSettings: strict),

        // Run by a test; shown in docs/CLIENT.md.
        .executableTarget(
            name: "EnqueueFromSwift", dependencies: ["RQ"], path: "Examples/EnqueueFromSwift",
            exclude: ["tasks.py"], swiftSettings: strict),

        // C: module maps and a shim.h each, no logic.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CSystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        // toml++ is C++: this target turns its tree into a list of leaves with positions.
        .target(name: "CToml", cxxSettings: [.define("TOML_EXCEPTIONS", to: "0")]),

        // Tests: one folder per target, and one per kind of outside world.
        .target(
            name: "TestSupport", dependencies: ["RedisKit", "CLinux"], path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "RedisKitTests", dependencies: ["RedisKit", "TestSupport", "CLinux"],
            path: "Tests/RedisKit", swiftSettings: strict),
        .testTarget(
            name: "RQTests", dependencies: ["RQ", "TestSupport"], path: "Tests/RQ",
            exclude: ["Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "WorkerPoolTests",
            dependencies: [
                "WorkerPool", "RQ", "RedisKit", "TestSupport", "CLinux",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/WorkerPool", swiftSettings: strict),
        // Walks through millions of states, for which a build without optimization takes minutes.
        .testTarget(
            name: "ModelTests", dependencies: ["WorkerPool"], path: "Tests/Model",
            swiftSettings: strict + [.unsafeFlags(["-O"])]),
        .testTarget(
            name: "CommandLineTests", dependencies: ["RedisKit", "TestSupport", "rqd"],
            path: "Tests/rqd",
            swiftSettings: strict),
        .testTarget(
            name: "InteropTests",
            dependencies: ["RedisKit", "TestSupport", "rqd", "EnqueueFromSwift"],
            path: "Tests/Interop",
            exclude: [
                "Applications", "Dashboard/Python", "Differential/Python",
                "Fleet/Python", "Hazards/Python", "Scripts", "Site/Python",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests", dependencies: ["RedisKit", "RQ", "TestSupport", "rqd"],
            path: "Tests/Daemon",
            exclude: [
                "Metrics/clients.py", "Metrics/dashboard.py", "Metrics/read.py",
                "Metrics/requirements.txt",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SecurityTests", dependencies: ["WorkerPool", "RedisKit", "TestSupport", "rqd"],
            path: "Tests/Security", swiftSettings: strict),
        .testTarget(
            name: "FuzzTests", dependencies: ["WorkerPool", "RQ", "RedisKit", "TestSupport"],
            path: "Tests/Fuzz", exclude: ["Corpus", "Dictionaries", "Findings"],
            swiftSettings: strict),
        .testTarget(
            name: "SystemdTests", dependencies: ["TestSupport", "rqd"], path: "Tests/Systemd",
            exclude: ["Application"], swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
