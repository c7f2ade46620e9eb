package io.niomq.interop;

/** What an exchange runs over. */
enum Transport {
  TCP,
  IPC
}
