import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connection } from './server.js';

/** A line to the server that can be cut, and be dead for a while. */
export class Line {
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  #dead = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Line> {
    const target = new URL(connection.imUrl);
    const server = createServer();
    const line = new Line(server);
    server.on('connection', (near) => {
      if (line.#dead) {
        near.destroy();
        return;
      }
      const far = connect(Number(target.port), target.hostname);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        line.#ends.add(one);
        one.on('error', () => undefined);
        one.on('close', () => {
          line.#ends.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/im`;
  }

  /** What is under way is lost. */
  cut(): void {
    this.#ends.forEach((end) => end.destroy());
  }

  die(): void {
    this.#dead = true;
    this.cut();
  }

  heal(): void {
    this.#dead = false;
  }

  close(): void {
    this.cut();
    this.#server.close();
  }
}
