import { endpointSlices, services } from "../../../src/kubernetes/resources.ts";
import { fieldsInWords, product, type State, type StateObject } from "./state.ts";

/**
 * Services. By the API reference (EndpointConditions) an endpoint takes traffic when `ready` is true. The reference
 * lets a consumer read a missing `ready` as true; a gate reads what is missing as no. Of a Service with
 * publishNotReadyAddresses also endpoints that are being ended are `ready`: they are on their way out.
 */
const VALUES = [true, false, undefined] as const;

interface Endpoint {
  ready?: boolean | undefined;
  serving?: boolean | undefined;
  terminating?: boolean | undefined;
}

const service: StateObject = {
  resource: services,
  object: {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "{name}" },
    spec: { ports: [{ port: 80 }] },
  },
};

let address = 1;

function slice(of: string, endpoints: readonly Endpoint[] | undefined, suffix = ""): StateObject {
  return {
    resource: endpointSlices,
    object: {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `{name}${suffix}`, labels: { "kubernetes.io/service-name": of } },
      addressType: "IPv4",
      ports: [{ name: "", port: 80, protocol: "TCP" }],
      endpoints: endpoints?.map((conditions) => ({
        addresses: [`198.18.0.${1 + (address++ % 250)}`],
        conditions,
      })),
    } as StateObject["object"],
  };
}

const state = (words: string, objects: readonly StateObject[], opens: boolean): State => ({
  group: "Service: endpoints",
  words,
  target: "service/{name}",
  objects: [service, ...objects],
  opens,
});

function one(): State[] {
  return product({ ready: VALUES, serving: VALUES, terminating: VALUES }).map((endpoint) =>
    state(
      `one endpoint: ${fieldsInWords(endpoint)}`,
      [slice("{name}", [endpoint])],
      endpoint.ready === true && endpoint.terminating !== true,
    ),
  );
}

function two(): State[] {
  return product({ first: VALUES, second: VALUES, slices: [1, 2] }).map(({ first, second, slices }) =>
    state(
      `two endpoints in ${slices === 1 ? "one slice" : "two slices"}: ready=${first}, ready=${second}`,
      slices === 1
        ? [slice("{name}", [{ ready: first }, { ready: second }])]
        : [slice("{name}", [{ ready: first }]), slice("{name}", [{ ready: second }], "-b")],
      first === true || second === true,
    ),
  );
}

/** All states of Services. */
export function serviceStates(): State[] {
  return [
    { ...state("there is no such Service, and no slice", [], false), objects: [] },
    state("no slice", [], false),
    state("a slice without endpoints", [slice("{name}", [])], false),
    state("a slice whose endpoints are null", [slice("{name}", undefined)], false),
    state("only NAME0 has a ready endpoint", [slice("{name}0", [{ ready: true }])], false),
    ...one(),
    ...two(),
  ];
}
