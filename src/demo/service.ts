/** Where a request can go. */
export interface Endpoint {
  port: number;
  version: string;
}

/** One request on its way to an endpoint. */
export interface Lease {
  port: number;
  /** Must be called when the answer is there, or will not come. */
  release(): void;
}

/** Spreads requests over the replicas that are ready, one after the other, as a Kubernetes Service does. */
export interface Service {
  add(endpoint: Endpoint): void;
  /** Sends nothing there any more. Resolves when every request that was on its way has been answered. */
  remove(endpoint: Endpoint): Promise<void>;
  /** Undefined where no replica is ready. */
  lease(): Lease | undefined;
}

export function createService(): Service {
  const ready: Endpoint[] = [];
  const busy = new Map<Endpoint, number>();
  const drained = new Map<Endpoint, () => void>();
  let turn = 0;
  return {
    add: (endpoint) => void ready.push(endpoint),
    async remove(endpoint) {
      const index = ready.indexOf(endpoint);
      if (index >= 0) ready.splice(index, 1);
      if ((busy.get(endpoint) ?? 0) > 0) await new Promise<void>((resolve) => drained.set(endpoint, resolve));
      busy.delete(endpoint);
    },
    lease() {
      const endpoint = ready[turn++ % Math.max(1, ready.length)];
      if (endpoint === undefined) return undefined;
      busy.set(endpoint, (busy.get(endpoint) ?? 0) + 1);
      return {
        port: endpoint.port,
        release() {
          const left = (busy.get(endpoint) ?? 1) - 1;
          busy.set(endpoint, left);
          if (left === 0) drained.get(endpoint)?.();
        },
      };
    },
  };
}
