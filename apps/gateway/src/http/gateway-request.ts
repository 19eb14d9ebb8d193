import type { NextFunction, Request, Response } from 'express';
import type { Principal } from '../auth/tokens.js';

export type GatewayRequest = Request & { principal?: Principal; rawBody?: Buffer };
export type { NextFunction, Response };
