let checkpointBehaviours: [Behaviour] = []
