/* The limit of what the kernel allows a TCP check to cost: one thread, one epoll, and for each check the fewest system calls.
 *
 *   connect-loop PORT RATE SECONDS
 *
 * Connects to 127.0.0.1:PORT, RATE times a second, or with RATE 0 as fast as it can with 16 connections at a time. A connection
 * that is there is reset (SO_LINGER 0), as HAProxy and Failover do by default. After one second that is not counted, for SECONDS:
 * prints the checks, the CPU-µs of each, the checks a second, and how many failed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_A_TIME = 16, EVENTS = 256 };

static struct sockaddr_in target = {.sin_family = AF_INET};
static int poller;
static int pending;
static long done;
static long failed;

static double now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void finish(int socket, int error) {
  close(socket);
  done++;
  failed += error != 0;
}

static void begin(void) {
  static const int off = 0;
  static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    perror("socket");
    exit(1);
  }

  /* The third packet of the handshake waits for data that never comes, and the reset takes its place. */
  setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  int error = connect(fd, (struct sockaddr *)&target, sizeof target) == 0 ? 0 : errno;
  if (error != EINPROGRESS) {
    finish(fd, error);
    return;
  }

  struct epoll_event event = {.events = EPOLLOUT | EPOLLONESHOT, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
  pending++;
}

static void judge(int milliseconds) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(poller, events, EVENTS, milliseconds);
  for (int i = 0; i < count; i++) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(events[i].data.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    finish(events[i].data.fd, error);
    pending--;
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: connect-loop PORT RATE SECONDS\n");
    return 2;
  }

  target.sin_port = htons((unsigned short)atoi(arguments[1]));
  target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  double rate = atof(arguments[2]);
  poller = epoll_create1(EPOLL_CLOEXEC);

  double start = now(CLOCK_MONOTONIC);
  double counted = start + 1;
  double end = counted + atof(arguments[3]);
  double used = -1;
  long begun = 0;
  for (double time = start; time < end; time = now(CLOCK_MONOTONIC)) {
    if (used < 0 && time >= counted) {
      used = now(CLOCK_PROCESS_CPUTIME_ID);
      counted = time;
      done = failed = 0;
    }

    int wait = -1;
    if (rate > 0) {
      for (; start + (double)begun / rate <= time; begun++) {
        begin();
      }
      /* Whole milliseconds, rounded up, as schedulers on epoll have them. */
      double left = start + (double)begun / rate - now(CLOCK_MONOTONIC);
      wait = left > 0 ? (int)(left * 1000) + 1 : 0;
    } else {
      while (pending < AT_A_TIME) {
        begin();
      }
    }
    judge(wait);
  }

  printf("%ld %.3f %.1f %ld\n", done, (now(CLOCK_PROCESS_CPUTIME_ID) - used) * 1e6 / (double)done,
         (double)done / (now(CLOCK_MONOTONIC) - counted), failed);
  return 0;
}
