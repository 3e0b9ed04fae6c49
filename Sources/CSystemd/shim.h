// libsystemd: the event loop (sd-event), readiness (sd-daemon) and the journal (sd-journal).
#pragma once
#include <sys/epoll.h>
#include <sys/uio.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <systemd/sd-journal.h>
#include <systemd/sd-login.h>
