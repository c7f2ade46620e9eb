package io.niomq.internal.pipe;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock of one socket: guards its behaviour, its pipes' socket side and everything that decides
 * about waking. Held for a few instructions, never while waiting and never in a system call that
 * can block. No thread holds two of them.
 */
public final class SocketLock {
  private final ReentrantLock lock = new ReentrantLock();

  public void lock() {
    assert !lock.isHeldByCurrentThread() : "socket locks are not taken twice";
    lock.lock();
  }

  public void unlock() {
    lock.unlock();
  }

  public boolean isHeld() {
    return lock.isHeldByCurrentThread();
  }
}
