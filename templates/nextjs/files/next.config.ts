import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  logging: { incomingRequests: false },
};

export default config;
