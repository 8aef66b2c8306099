import type { ServerResponse } from 'node:http';
import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { ApiError } from '../http/api-error.ts';
import { problemOf } from '../http/problem-of.ts';
import type { ChangeWindow } from './change-window.ts';
import { errorFrame, heartbeatFrame, RETRY_FRAME, resetFrame } from './event-frames.ts';

/** What a client wants to be told. */
export interface Watch {
  /** The API key it is watched with. */
  keyId: string;
  /** The path of the request. */
  path: string;
  wants: (change: ExecutionChange) => boolean;
  /** The frame that ends the stream after this change; undefined: more may come. */
  endsWith: (change: ExecutionChange) => string | undefined;
  /** The frame that ends the stream once all that is known has been sent, where nothing more will come. */
  finale?: string | undefined;
  /** The id of the last change that the client knows; undefined: it wants what comes from now on. */
  after: string | undefined;
  /** Sent before anything else. */
  opening: string;
  /** Rejects with an ApiError once the client may no longer watch. */
  verify: () => Promise<unknown>;
}

/** Heartbeats in a row that a client took nothing in, after which it is given up. */
const MAX_STALLS = 2;

/**
 * One client that watches. Nothing is held for it: while it takes in no more, its place in the window of changes stays
 * where it is, and once the window has moved past that place the client is told that it was too slow, and left.
 */
export class Watcher {
  readonly watch: Watch;
  readonly #response: ServerResponse;
  readonly #window: ChangeWindow;
  readonly #lingerMs: number;
  /** The number of the next change to look at; undefined while the window is not being filled. */
  #next: number | undefined;
  #lastId: string | undefined;
  #missed = false;
  #blocked = false;
  #stalls = 0;
  #ended = false;

  /** @param lingerMs how long a client that is left may take to read its last event */
  constructor(response: ServerResponse, watch: Watch, window: ChangeWindow, lingerMs: number) {
    this.watch = watch;
    this.#response = response;
    this.#window = window;
    this.#lingerMs = lingerMs;
    response.on('drain', () => {
      this.#blocked = false;
      this.#stalls = 0;
      this.pump();
    });
    this.#write(RETRY_FRAME + watch.opening);
  }

  /** Takes its place in the window: after the last change it knows, or else at the end, saying so. */
  place(): void {
    const { after } = this.watch;
    const known = after === undefined ? this.#window.end : this.#window.after(after);
    if (this.#missed || known === undefined) {
      this.#next = this.#window.end;
      this.#lastId = this.#window.lastId;
      this.#write(resetFrame(this.#lastId));
    } else {
      this.#next = known;
      this.#lastId = after ?? this.#window.lastId;
    }
    this.pump();
  }

  /** The window is not being filled: changes may be missed from here on. */
  interrupt(): void {
    this.#missed ||= this.#next !== undefined || this.watch.after === undefined;
    this.#next = undefined;
  }

  /** Sends what is new, as much as the client takes in. */
  pump(): void {
    while (!this.#ended && this.#next !== undefined) {
      if (this.#next < this.#window.first) {
        this.refuse(tooSlow());
        return;
      }
      const entry = this.#blocked ? undefined : this.#window.at(this.#next);
      if (entry === undefined) {
        if (!this.#blocked && this.watch.finale !== undefined) this.end(this.watch.finale);
        return;
      }
      this.#next += 1;
      this.#lastId = entry.id;
      const { change, frame } = entry;
      if (change !== null && !this.watch.wants(change)) continue;
      this.#write(frame);
      const end = change === null ? undefined : this.watch.endsWith(change);
      if (end !== undefined) this.end(end);
    }
  }

  /** Shows that the stream is alive, and asks whether client and key are still good. */
  heartbeat(): void {
    if (this.#ended) return;
    if (this.#blocked) this.#stalls += 1;
    else this.#write(heartbeatFrame(this.#lastId));
    if (this.#stalls >= MAX_STALLS) this.refuse(tooSlow());
    this.watch.verify().catch((error) => {
      // The record being away for a moment ends nothing.
      if (error instanceof ApiError) this.refuse(error);
    });
  }

  /** Ends the stream with an error. */
  refuse(error: ApiError): void {
    this.end(errorFrame(problemOf(error, this.watch.path).problem));
  }

  /** Ends the stream. A client that does not read on until the end is cut off. */
  end(frame = ''): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#response.end(frame);
    const cutOff = setTimeout(() => this.#response.destroy(), this.#lingerMs);
    this.#response.once('close', () => clearTimeout(cutOff));
  }

  #write(frame: string): void {
    if (!this.#response.write(frame)) this.#blocked = true;
  }
}

function tooSlow(): ApiError {
  return new ApiError('WATCHER_TOO_SLOW', 'The client read more slowly than changes came, and missed some.');
}
